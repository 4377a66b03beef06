using System.Reflection;
using System.Resources;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rondo.Web.Resources;

/// <summary>Looks words up whatever their case: a resource file cannot hold "People" and "people" side by side.</summary>
internal sealed class WordsFactory(IOptions<LocalizationOptions> options, ILoggerFactory loggers) : ResourceManagerStringLocalizerFactory(options, loggers)
{
    private readonly ResourceNamesCache _names = new();
    private readonly ILoggerFactory _loggers = loggers;

    protected override ResourceManagerStringLocalizer CreateResourceManagerStringLocalizer(Assembly assembly, string baseName) =>
        new(new ResourceManager(baseName, assembly) { IgnoreCase = true }, assembly, baseName, _names, _loggers.CreateLogger<ResourceManagerStringLocalizer>());
}
