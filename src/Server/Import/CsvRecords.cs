using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CsvHelper;

namespace Rondo.Server.Import;

/// <summary>
/// Reads a table with a header row (RFC 4180; the separator is found out). Cells are numbers, true, false or text by what
/// they look like; empty ones are not set. A number with a leading zero is text: it is somebody's code.
/// </summary>
internal static class CsvRecords
{
    public static async IAsyncEnumerable<ImportRecord> ReadAsync(Stream stream, FieldMapping mapping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var malformed = new Queue<CsvMalformedRecord>();
        await using var csv = CsvReader.Create(
            stream,
            new CsvReaderOptions
            {
                TrackLineNumbers = true,
                MaxRecordSize = LineReader.MaximumLineBytes,
                MalformedData = CsvMalformedDataHandling.Skip,
                OnMalformedRecord = malformed.Enqueue,
            },
            leaveOpen: true);
        await csv.ReadHeaderAsync(cancellationToken);
        var columns = Columns.Find([.. csv.Headers], mapping, out var missing);
        if (columns is null)
        {
            yield return ImportRecord.Refused(1, $"the header has no column '{missing}'");
            yield break;
        }

        while (true)
        {
            var (hasRecord, tooLong) = await TryReadAsync(csv, cancellationToken);
            while (malformed.TryDequeue(out var record))
            {
                yield return ImportRecord.Refused(record.LineNumber, Words(record.Reason));
            }

            if (tooLong is not null)
            {
                yield return ImportRecord.Refused(0, $"the rest of the file cannot be read: {tooLong}");
            }

            if (!hasRecord)
            {
                yield break;
            }

            yield return Read(csv, columns, mapping);
        }
    }

    private static async ValueTask<(bool HasRecord, string? TooLong)> TryReadAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        try
        {
            return (await csv.ReadAsync(cancellationToken), null);
        }
        catch (CsvFormatException exception)
        {
            return (false, exception.Message);
        }
    }

    private static ImportRecord Read(CsvReader csv, Columns columns, FieldMapping mapping)
    {
        if (csv.FieldCount != columns.Header.Length)
        {
            return ImportRecord.Refused(csv.LineNumber, $"the row has {csv.FieldCount} cells, the header {columns.Header.Length}");
        }

        var name = mapping.EventName ?? csv.GetString(columns.Event);
        if (name.Length == 0)
        {
            return ImportRecord.Refused(csv.LineNumber, $"'{mapping.EventField}' is empty");
        }

        return RecordTime.ToUnixMilliseconds(csv.GetString(columns.Time)) is { } milliseconds
            ? new ImportRecord(
                csv.LineNumber,
                EventWriter.Write(name, csv.GetString(columns.User), milliseconds, EventWriter.InsertIdOf(csv.RawRecord, csv.LineNumber), json => WriteProperties(json, csv, columns)),
                null)
            : ImportRecord.Refused(csv.LineNumber, $"'{mapping.TimeField}' is not a time");
    }

    private static void WriteProperties(Utf8JsonWriter json, CsvReader csv, Columns columns)
    {
        for (var column = 0; column < columns.Header.Length; column++)
        {
            var name = columns.Header[column];
            if (name.Length > 0 && !csv.IsEmpty(column) && column != columns.Event && column != columns.User && column != columns.Time)
            {
                json.WritePropertyName(EventWriter.PropertyName(name));
                WriteCell(json, csv.GetString(column));
            }
        }
    }

    private static void WriteCell(Utf8JsonWriter json, string cell)
    {
        if (cell is "true" or "false")
        {
            json.WriteBooleanValue(cell == "true");
        }
        else if (LooksLikeNumber(cell) && double.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteStringValue(cell);
        }
    }

    /// <summary>Up to 15 characters, which a double holds exactly.</summary>
    private static bool LooksLikeNumber(string cell)
    {
        var digits = cell.AsSpan().TrimStart('-');
        return cell.Length <= 15 && digits.Length > 0 && char.IsAsciiDigit(digits[0]) && (digits[0] != '0' || digits.Length == 1 || digits[1] == '.');
    }

    private static string Words(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.StrayQuote => "a quote stands inside a cell that is not quoted",
        CsvMalformedReason.TextAfterClosingQuote => "text follows a closing quote",
        CsvMalformedReason.UnterminatedQuote => "a quote is never closed",
        _ => $"the row is malformed ({reason})",
    };

    /// <summary>Where the mapped columns are; -1 for the event when it is the same for all.</summary>
    private sealed record Columns(string[] Header, int Event, int User, int Time)
    {
        public static Columns? Find(string[] header, FieldMapping mapping, out string? missing)
        {
            var columns = new Columns(
                header,
                mapping.EventField is null ? -1 : Array.IndexOf(header, mapping.EventField),
                Array.IndexOf(header, mapping.UserField),
                Array.IndexOf(header, mapping.TimeField));
            missing = mapping.EventField is not null && columns.Event < 0 ? mapping.EventField
                : columns.User < 0 ? mapping.UserField
                : columns.Time < 0 ? mapping.TimeField
                : null;
            return missing is null ? columns : null;
        }
    }
}
