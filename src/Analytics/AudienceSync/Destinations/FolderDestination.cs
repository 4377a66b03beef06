using NodaTime;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>Files in a folder of the server. A file appears whole or not at all.</summary>
internal sealed class FolderDestination(string directory) : IAudienceDestination, IFilePlace
{
    public int MaximumPage => 100_000;

    public bool WantsProfiles => false;

    public bool WantsEmptyPages => false;

    public Duration? FullAfter => null;

    public async Task<DestinationAnswer> TestAsync(CancellationToken cancellationToken)
    {
        var answer = await WriteAsync("connection-test", "Written to try the connection.\n"u8.ToArray(), cancellationToken);
        if (answer is Taken)
        {
            File.Delete(Path.Combine(directory, "connection-test"));
        }

        return answer;
    }

    public Task<DestinationAnswer> DeclareAsync(SentCohort cohort, CancellationToken cancellationToken) => Task.FromResult<DestinationAnswer>(new Taken());

    public Task<DestinationAnswer> SendAsync(SentCohort cohort, MemberPage page, CancellationToken cancellationToken) =>
        WriteAsync(MemberFile.NameOf(cohort, page), MemberFile.ContentOf(cohort, page), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public async Task<DestinationAnswer> WriteAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            var target = Path.Combine(directory, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var fresh = target + ".new";
            await using (var file = new FileStream(fresh, FileMode.Create))
            {
                await file.WriteAsync(content, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, target, overwrite: true);
            return new Taken();
        }
        catch (IOException failure)
        {
            return new TryAgain(failure.Message);
        }
        catch (UnauthorizedAccessException failure)
        {
            return new Stopped(failure.Message, SyncAdvice.CorrectAddress);
        }
    }
}
