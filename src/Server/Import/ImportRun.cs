using System.Text.Json;

namespace Rondo.Server.Import;

/// <summary>Imports files one after the other.</summary>
internal sealed class ImportRun(ImportSender sender, ImportFormat format, FieldMapping? mapping, string dataDirectory, ImportSummary summary)
{
    /// <param name="file">The file.</param>
    /// <param name="purpose">See <see cref="ImportState.Open"/>.</param>
    /// <param name="progress">Told how many bytes of the file were read.</param>
    /// <param name="cancellationToken">Stops between two batches; the next run goes on from there.</param>
    public async Task ImportAsync(FileInfo file, string purpose, Action<long> progress, CancellationToken cancellationToken)
    {
        var state = ImportState.Open(dataDirectory, file, purpose);
        await using var source = ImportSource.Open(file);
        var readCount = 0L;
        await foreach (var record in UpToBreakAsync(ReadAsync(source.Content, cancellationToken)))
        {
            summary.Read++;
            readCount++;
            if (readCount <= state.DoneCount)
            {
                summary.Resumed++;
                continue;
            }

            if (record.Problem is { } problem)
            {
                summary.Refuse(file.Name, record.Line, problem);
                continue;
            }

            sender.Add(record);
            if (sender.IsFull)
            {
                await SendAsync(file, cancellationToken);
                state.Write(readCount);
                progress(source.ReadBytes);
            }
        }

        if (!sender.IsEmpty)
        {
            await SendAsync(file, cancellationToken);
        }

        state.Forget();
        summary.Files++;
        progress(source.ReadBytes);
    }

    /// <summary>A file that breaks off is read up to there; what came before is kept, and the break is named.</summary>
    private static async IAsyncEnumerable<ImportRecord> UpToBreakAsync(IAsyncEnumerable<ImportRecord> records)
    {
        var lastLine = 0L;
        await using var reading = records.GetAsyncEnumerator();
        while (true)
        {
            string? problem = null;
            var hasRecord = false;
            try
            {
                hasRecord = await reading.MoveNextAsync();
            }
            catch (InvalidDataException)
            {
                problem = "the packed file is broken or cut off here; what follows cannot be read";
            }
            catch (JsonException exception)
            {
                problem = $"the array is not valid JSON here (line {exception.LineNumber + 1}); what follows cannot be read";
            }

            if (hasRecord)
            {
                lastLine = reading.Current.Line;
                yield return reading.Current;
                continue;
            }

            if (problem is not null)
            {
                yield return ImportRecord.Refused(lastLine + 1, problem);
            }

            yield break;
        }
    }

    private IAsyncEnumerable<ImportRecord> ReadAsync(Stream content, CancellationToken cancellationToken) => format switch
    {
        ImportFormat.Mixpanel => MixpanelRecords.ReadAsync(content, cancellationToken),
        ImportFormat.Ndjson => NdjsonRecords.ReadAsync(content, mapping!, cancellationToken),
        _ => CsvRecords.ReadAsync(content, mapping!, cancellationToken),
    };

    private async Task SendAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var (importedCount, refused) = await sender.SendAsync(cancellationToken);
        summary.Imported += importedCount;
        foreach (var (line, reason) in refused)
        {
            summary.Refuse(file.Name, line, reason);
        }
    }
}
