using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.HttpApi;

/// <summary>Finds the project that a request may speak for.</summary>
internal sealed class ProjectAccess(IProjects projects, HttpApiOptions options)
{
    /// <summary>Whether the request carries the operator's token.</summary>
    public bool IsAdmin(HttpRequest request) => IsAdmin(Credentials.Of(request));

    /// <summary>
    /// The project of a REST key (bearer), a secret (basic, as user name or password), or, for the operator, the one named.
    /// Null when the credentials open nothing, or another project than the one named.
    /// </summary>
    /// <param name="request">Whose Authorization header is read.</param>
    /// <param name="named">Number or name of the project asked for; null when the request does not say.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public async ValueTask<Project?> FindAsync(HttpRequest request, string? named, CancellationToken cancellationToken)
    {
        var credentials = Credentials.Of(request);
        if (IsAdmin(credentials))
        {
            return named is null ? null : await FindNamedAsync(named, cancellationToken);
        }

        var project = await OpenedByAsync(credentials, cancellationToken);
        return project is not null && (named is null || IsNamed(project, named)) ? project : null;
    }

    public async Task<Project?> FindNamedAsync(string named, CancellationToken cancellationToken) =>
        int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && await projects.FindAsync(new ProjectId(number), cancellationToken) is { } byNumber
            ? byNumber
            : (await projects.ListAsync(cancellationToken)).FirstOrDefault(project => project.Name == named);

    private bool IsAdmin(Credentials? credentials) => Credentials.AreEqual(options.AdminToken, credentials?.Bearer);

    private static bool IsNamed(Project project, string named) => named == project.Id.ToString() || named == project.Name;

    private async ValueTask<Project?> OpenedByAsync(Credentials? credentials, CancellationToken cancellationToken)
    {
        if (credentials is null)
        {
            return null;
        }

        if (credentials.Bearer is { Length: > 0 } restKey)
        {
            return await projects.FindByRestKeyAsync(restKey, cancellationToken);
        }

        // A service account's name may stand before the secret; Mixpanel's own secret stands alone.
        return (credentials.User is { Length: > 0 } user ? await projects.FindBySecretAsync(user, cancellationToken) : null)
            ?? (credentials.Password.Length > 0 ? await projects.FindBySecretAsync(credentials.Password, cancellationToken) : null);
    }
}
