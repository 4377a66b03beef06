using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Rondo.Web.Accounts;

namespace Rondo.Web.Features.SignIn;

/// <summary>E-mail and password. The answer to a wrong one never says which of the two was wrong.</summary>
public sealed partial class SignInPage
{
    private string? _refusal;
    private bool _hasNobody;

    [SupplyParameterFromForm]
    private Entry? Input { get; set; }

    [SupplyParameterFromQuery(Name = "returnTo")]
    private string? ReturnTo { get; set; }

    [Inject]
    private SignInManager<Account> SignIn { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        Input ??= new Entry();
        _hasNobody = !await SignIn.UserManager.Users.AnyAsync();
    }

    private async Task SignInAsync()
    {
        var result = await SignIn.PasswordSignInAsync(Input!.Email.Trim(), Input.Password, Input.Remember, lockoutOnFailure: true);
        if (result.Succeeded)
        {
            Navigation.NavigateTo(LocalPath.OrHome(ReturnTo));
            return;
        }

        _refusal = result.IsLockedOut
            ? L["Too many wrong attempts. Wait ten minutes and try again."]
            : L["E-mail or password is wrong."];
    }

    /// <summary>What was typed.</summary>
    private sealed class Entry
    {
        public string Email { get; set; } = string.Empty;

        public string Password { get; set; } = string.Empty;

        public bool Remember { get; set; }
    }
}
