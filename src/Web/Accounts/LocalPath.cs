namespace Rondo.Web.Accounts;

/// <summary>Where to go after signing in: only ever a place on this server.</summary>
internal static class LocalPath
{
    /// <summary>The path when it is one of ours, else the home page.</summary>
    public static string OrHome(string? path) =>
        path is ['/', not ('/' or '\\'), ..] && !path.Any(char.IsControl) ? path : "/";
}
