using System.CommandLine;

namespace Rondo.Server.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public const string DefaultData = "./data";

    public static Option<string> Data(string absent = DefaultData) => new("--data")
    {
        Description = "The data folder; created when missing",
        HelpName = "DIR",
        DefaultValueFactory = _ => absent,
    };

    public static Option<string> Urls() => new("--urls")
    {
        Description = "Addresses to listen on, separated by semicolons",
        HelpName = "URL",
        DefaultValueFactory = _ => "http://127.0.0.1:8080",
    };

    public static Option<Uri?> PublicUrl() => new("--public-url")
    {
        Description = "Where people reach this server, for links in messages; the first address listened on when left out",
        HelpName = "URL",
    };

    public static Option<bool> AllowPrivateAddresses() => new("--allow-private-addresses")
    {
        Description = "Lets connections to other products lead to this machine and to private networks",
    };

    public static Option<string> Project() => new("--project")
    {
        Description = "The project's name or number",
        HelpName = "NAME",
        Required = true,
    };
}
