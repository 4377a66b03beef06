using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Rondo.Web.Accounts;

namespace Rondo.Web.Features.SignIn;

/// <summary>Asks, because a link alone must not end a session.</summary>
public sealed partial class SignOutPage
{
    [Inject]
    private SignInManager<Account> SignIn { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private async Task LeaveAsync()
    {
        await SignIn.SignOutAsync();
        Navigation.NavigateTo("/sign-in");
    }
}
