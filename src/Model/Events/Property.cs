namespace Rondo.Model.Events;

/// <summary>A named value of an event or a profile. Names are case-sensitive.</summary>
public readonly record struct Property(string Name, PropertyValue Value);
