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
        await foreach (var record in ReadAsync(source.Content, cancellationToken))
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
