using System.Text;
using Microsoft.AspNetCore.Http;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Stores;

namespace Rondo.HttpApi.Rondo;

/// <summary>Further columns of a list of people.</summary>
/// <param name="Names">Their names.</param>
/// <param name="CellsOf">For some persons, in their order, the cells.</param>
internal sealed record PeopleColumns(IReadOnlyList<string> Names, Func<IReadOnlyList<PersonNumber>, Task<IReadOnlyList<IReadOnlyList<string?>>>> CellsOf);

/// <summary>People as CSV (RFC 4180): all of a set, page by page, so that a large one needs no memory.</summary>
internal static class PeopleCsv
{
    private const int PageSize = 1000;
    private static readonly string[] FixedColumns = ["distinct_id", "name", "email", "last_seen"];

    public static bool IsAskedFor(HttpRequest request) => request.Headers.Accept.Any(accept => accept?.Contains("text/csv", StringComparison.OrdinalIgnoreCase) == true);

    public static async Task SendAsync(HttpContext context, IPeople people, ProjectId project, PersonSet? among, string? search, string fileName, PeopleColumns? more = null)
    {
        var properties = context.Request.Query["property"].OfType<string>().ToArray();
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}.csv\"";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true);
        await CsvRow.WriteAsync(writer, [.. FixedColumns, .. more?.Names ?? [], .. properties]);
        for (var skip = 0; ; skip += PageSize)
        {
            var page = await people.ListAsync(project, among, search, skip, PageSize, context.RequestAborted);
            var cells = more is null ? null : await more.CellsOf([.. page.People.Select(person => person.Number)]);
            for (var index = 0; index < page.People.Count; index++)
            {
                var person = page.People[index];
                await CsvRow.WriteAsync(writer, [person.DistinctId, person.Name, person.Email, person.LastSeen, .. cells?[index] ?? [], .. properties.Select(property => person.Profile.GetValueOrDefault(property, PropertyValue.Null).ToText())]);
            }

            if (skip + PageSize >= page.Total)
            {
                return;
            }
        }
    }
}
