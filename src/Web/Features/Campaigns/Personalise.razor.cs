using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Model.Predicates;
using Rondo.Web.Components;
using Rondo.Web.Components.Pickers;
using static MudBlazor.Icons.Material;

namespace Rondo.Web.Features.Campaigns;

/// <summary>Offers what a text can say about the person, and gives back the Liquid for it, with a default where it is missing.</summary>
public sealed partial class Personalise
{
    private IReadOnlyList<PickerItem> _items = [];

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Parameter]
    public EventCallback<string> OnPick { get; set; }

    private async Task ReadAsync()
    {
        var properties = await Vocabulary.PropertiesAsync(Project.Id, PropertySource.User, null);
        var items = new List<PickerItem>
        {
            new("{{${first_name} | default: 'there'}}", L["First name"], L["About the person"], Outlined.Person),
            new("{{${last_name} | default: ''}}", L["Last name"], L["About the person"], Outlined.Person),
            new("{{${email_address}}}", L["E-mail"], L["About the person"], Outlined.Email),
        };
        items.AddRange(properties
            .Where(property => property.Name[0] != '$')
            .Select(property => new PickerItem($$$"""{{custom_attribute.${{{{property.Name}}}} | default: ''}}""", property.Name, L["User profile"], PropertyPicker.IconOf(property.Kinds))));
        items.Add(new PickerItem("{% if ${first_name} == blank %}{% abort_message('no name') %}{% endif %}", L["Do not send without a name"], L["Conditions"], Outlined.Block));
        _items = items;
    }
}
