using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Rondo.Web.Accounts;

namespace Rondo.Web.Features.SignIn;

/// <summary>Spends a one-time link and signs in; shows itself only when the link is no good.</summary>
public sealed partial class EnterPage
{
    [SupplyParameterFromQuery(Name = "key")]
    private string? Key { get; set; }

    [Inject]
    private SignInLinks Links { get; set; } = default!;

    [Inject]
    private SignInManager<Account> SignIn { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        var accountId = await Links.SpendSignInKeyAsync(Key, CancellationToken.None);
        if (accountId is not null && await SignIn.UserManager.FindByIdAsync(accountId) is { } account)
        {
            await SignIn.SignInAsync(account, isPersistent: true);
            Navigation.NavigateTo("/");
        }
    }
}
