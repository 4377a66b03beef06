using System.Text;
using Microsoft.AspNetCore.Http;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Components.Exports;

/// <summary>A CSV file for spreadsheets, written while its rows are read.</summary>
internal static class CsvFile
{
    public static IResult Of(string name, string head, IAsyncEnumerable<string?[]> rows) => Results.Stream(
        async stream =>
        {
            await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
            await writer.WriteAsync(head + "\r\n");
            await foreach (var row in rows)
            {
                await writer.WriteAsync(string.Join(',', row.Select(text => CsvText.Quote(text ?? string.Empty))) + "\r\n");
            }
        },
        "text/csv; charset=utf-8",
        name);
}
