using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Server.Hosting;

/// <summary>
/// Opens every project's store while the rest of the server is still starting: the two take about as long, and need not wait for
/// each other. A store that cannot be opened is reported here and by <c>/readyz</c>, and tried again whenever it is asked for.
/// </summary>
internal static class EarlyOpening
{
    public static Task BeginAsync(IServiceProvider services) => Task.Run(async () =>
    {
        var logger = services.GetRequiredService<ILogger<RondoServer>>();
        try
        {
            var projects = await services.GetRequiredService<IProjects>().ListAsync(CancellationToken.None);
            var stores = services.GetRequiredService<IEventStores>();
            await Task.WhenAll(projects.Select(project => stores.OpenAsync(project.Id, CancellationToken.None).AsTask()));
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "Not every project could be opened.");
        }
    });
}
