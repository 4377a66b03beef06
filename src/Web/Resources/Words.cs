namespace Rondo.Web.Resources;

/// <summary>Names the resource files of all words on the pages. The English text is the key; <c>Words.ko.resx</c> holds the Korean.</summary>
public sealed class Words;
