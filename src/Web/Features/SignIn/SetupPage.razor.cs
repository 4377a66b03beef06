using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Rondo.Web.Accounts;

namespace Rondo.Web.Features.SignIn;

/// <summary>Creates the first administrator; reached only by the one-time link that the server prints.</summary>
public sealed partial class SetupPage
{
    private bool _isKeyGood;
    private IReadOnlyList<string> _refusals = [];

    [SupplyParameterFromForm]
    private Entry? Input { get; set; }

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
        Input ??= new Entry();
        _isKeyGood = await Links.IsSetupKeyAsync(Key, CancellationToken.None);
    }

    private async Task CreateAsync()
    {
        var email = Input!.Email.Trim();
        var account = new Account { UserName = email, Email = email, DisplayName = Input.Name.Trim() };

        // Everything that can be wrong with the entries is checked before the key is spent: a typing error must not cost it.
        var problems = new List<IdentityError>();
        foreach (var validator in SignIn.UserManager.PasswordValidators)
        {
            problems.AddRange((await validator.ValidateAsync(SignIn.UserManager, account, Input.Password)).Errors);
        }

        foreach (var validator in SignIn.UserManager.UserValidators)
        {
            problems.AddRange((await validator.ValidateAsync(SignIn.UserManager, account)).Errors);
        }

        if (problems.Count > 0)
        {
            _refusals = [.. problems.Select(problem => problem.Description)];
            return;
        }

        _isKeyGood = await Links.SpendSetupKeyAsync(Key, CancellationToken.None);
        if (!_isKeyGood)
        {
            return;
        }

        var made = await SignIn.UserManager.CreateAsync(account, Input.Password);
        if (!made.Succeeded)
        {
            _refusals = [.. made.Errors.Select(error => error.Description)];
            return;
        }

        await SignIn.SignInAsync(account, isPersistent: true);
        Navigation.NavigateTo("/");
    }

    /// <summary>What was typed.</summary>
    private sealed class Entry
    {
        public string Name { get; set; } = string.Empty;

        public string Email { get; set; } = string.Empty;

        public string Password { get; set; } = string.Empty;
    }
}
