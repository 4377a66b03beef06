using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Profiles;

/// <summary>Completes erasures that ended with the server, or that the disk refused, before anybody writes.</summary>
internal sealed class UnfinishedErasures(IEnumerable<IErasedFile> files, ILogger<UnfinishedErasures> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var file in files.Where(file => file.HoldsRemnants))
        {
            try
            {
                await file.RemoveRemnantsAsync(cancellationToken);
            }
            catch (StoreUnavailableException exception)
            {
                // Messages and syncs need no space for this; the mark stays.
                logger.LogError(exception, "Bytes of erased people could not be removed.");
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
