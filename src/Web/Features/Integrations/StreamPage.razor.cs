using Microsoft.AspNetCore.Components;
using MudBlazor;
using NodaTime;
using Rondo.Analytics;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Queries;
using Rondo.Web.Components;

namespace Rondo.Web.Features.Integrations;

/// <summary>One stream: how it is, what to do about trouble, what did not arrive. Shows news by itself.</summary>
public sealed partial class StreamPage
{
    private const int ShownLines = 20;

    private EventStream? _stream;
    private Connection? _connection;
    private List<StreamRecordLine> _record = [];
    private IReadOnlyList<Problem> _problems = [];
    private DateOnly? _past;
    private bool _isBackfilling;
    private bool _isMissing;

    [Parameter]
    public int StreamNumber { get; set; }

    [Inject]
    private IEventStreams Streams { get; set; } = default!;

    [Inject]
    private IConnections Connections { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    /// <summary>The limits that are in force are those that are shown.</summary>
    [Inject]
    private AnalyticsOptions Limits { get; set; } = default!;

    protected override TimeSpan ReadEvery => TimeSpan.FromSeconds(2);

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override async Task ReadAsync()
    {
        var before = _stream?.Counts;
        var stream = await Streams.FindAsync(Project.Id, new StreamId(StreamNumber), CancellationToken.None);
        _isMissing = stream is null;
        if (stream is not null && (before is null || before.Refused != stream.Counts.Refused || before.LostBatches != stream.Counts.LostBatches))
        {
            _connection = await Connections.FindAsync(Project.Id, stream.Connection, CancellationToken.None);
            var lines = new Queue<StreamRecordLine>();
            await foreach (var line in Streams.RecordAsync(Project.Id, stream.Id, CancellationToken.None))
            {
                lines.Enqueue(line);
                if (lines.Count > ShownLines)
                {
                    lines.Dequeue();
                }
            }

            _record = [.. lines.Reverse()];
        }

        _stream = stream;
    }

    private async Task TakeAsync(Task<Outcome<EventStream>> change)
    {
        _problems = (await change).Problems;
        await ReadAsync();
    }

    private async Task BackfillAsync()
    {
        if (_past is { } day)
        {
            await TakeAsync(Streams.BackfillAsync(Project.Id, _stream!.Id, Project.Calendar.StartOf(LocalDate.FromDateOnly(day)), CancellationToken.None));
            _isBackfilling = _problems.Count > 0;
        }
    }

    private async Task RemoveAsync()
    {
        var asked = await Dialogs.ShowAsync<ConfirmDialog>(L["End this stream?"], new DialogParameters<ConfirmDialog>
        {
            { dialog => dialog.Text, L["Nothing more is sent; what was sent stays there. Its record ends too."].Value },
            { dialog => dialog.Action, L["End this stream"].Value },
        });
        if (await asked.Result is { Canceled: false })
        {
            await TakeAsync(Streams.RemoveAsync(Project.Id, _stream!.Id, CancellationToken.None));
        }
    }
}
