using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Rondo.Analytics.Contracts;
using Rondo.Model.Predicates;

namespace Rondo.Web.Components.Pickers;

/// <summary>Chooses values of a property from those seen, or typed. The choice counts when the list closes.</summary>
public sealed partial class ValuePicker
{
    private readonly HashSet<string> _chosen = new(StringComparer.Ordinal);
    private ElementReference _input;
    private IReadOnlyList<string> _found = [];
    private string _search = string.Empty;
    private bool _mustFocus;

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Parameter, EditorRequired]
    public IReadOnlyList<string> Values { get; set; } = [];

    [Parameter]
    public EventCallback<IReadOnlyList<string>> ValuesChanged { get; set; }

    [Parameter]
    public PropertySource Source { get; set; } = PropertySource.Event;

    [Parameter]
    public string? EventName { get; set; }

    [Parameter, EditorRequired]
    public string Property { get; set; } = string.Empty;

    private string Summary => Values.Count switch
    {
        0 => L["Choose values…"],
        <= 3 => string.Join(", ", Values.Select(value => value.Length == 0 ? L["(empty string)"].Value : value)),
        _ => L["{0} and {1} more", string.Join(", ", Values.Take(2)), Values.Count - 2],
    };

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_mustFocus)
        {
            _mustFocus = false;
            await _input.FocusAsync();
        }
    }

    private async Task ReadAsync()
    {
        _chosen.Clear();
        _chosen.UnionWith(Values);
        _search = string.Empty;
        _mustFocus = true;
        _found = await Vocabulary.ValuesAsync(Project.Id, Source, EventName, Property, null, CancellationToken.None);
    }

    private async Task SearchAsync(string? text)
    {
        _search = text ?? string.Empty;
        var asked = _search;
        var found = await Vocabulary.ValuesAsync(Project.Id, Source, EventName, Property, asked, CancellationToken.None);
        if (asked == _search)
        {
            _found = found;
        }
    }

    private void OnKeyAsync(KeyboardEventArgs key)
    {
        if (key.Key == "Enter" && _search.Trim().Length > 0)
        {
            _chosen.Add(_search.Trim());
            _search = string.Empty;
        }
    }

    private void Toggle(string value)
    {
        if (!_chosen.Remove(value))
        {
            _chosen.Add(value);
        }
    }

    private async Task CloseAsync()
    {
        if (!_chosen.SetEquals(Values))
        {
            await ValuesChanged.InvokeAsync([.. _chosen]);
        }
    }
}
