using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;
using Rondo.Web.Accounts;
using Rondo.Web.Components;
using Rondo.Web.Frame;
using Rondo.Web.Notices;

namespace Rondo.Web;

/// <summary>Adds the pages to a server.</summary>
public static class WebRegistration
{
    /// <summary>
    /// Registers pages, sign-in and languages. Needs the contracts of Analytics and Engagement, and serves nothing until
    /// <see cref="WebEndpoints.MapRondoWeb"/>.
    /// </summary>
    public static IServiceCollection AddRondoWeb(this IServiceCollection services, WebOptions options)
    {
        Directory.CreateDirectory(options.DataDirectory);
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddDataProtection()
            .SetApplicationName("Rondo")
            .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(options.DataDirectory, "keys")));

        AddAccounts(services, options);

        services.AddLocalization(localization => localization.ResourcesPath = string.Empty);
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            mud.SnackbarConfiguration.VisibleStateDuration = 6000;
            mud.SnackbarConfiguration.ShowTransitionDuration = 100;
            mud.SnackbarConfiguration.HideTransitionDuration = 100;
        });
        services.AddSingleton<PausedSyncNotices>();
        services.AddHostedService(provider => provider.GetRequiredService<PausedSyncNotices>());
        services.AddScoped<ProjectPlace>();
        services.AddScoped<Visit>();
        services.AddScoped<Vocabulary>();
        services.AddScoped<Browser>();
        return services;
    }

    private static void AddAccounts(IServiceCollection services, WebOptions options)
    {
        var database = Path.Combine(options.DataDirectory, "accounts.db");
        services.AddDbContextFactory<AccountsDb>(builder => builder.UseSqlite($"Data Source={database}"));
        services.AddHostedService<AccountsDbMigration>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies(cookies => cookies.ApplicationCookie!.Configure(cookie =>
        {
            cookie.LoginPath = "/sign-in";
            cookie.LogoutPath = "/sign-out";
            cookie.AccessDeniedPath = "/sign-in";
            cookie.ReturnUrlParameter = "returnTo";
            cookie.ExpireTimeSpan = TimeSpan.FromDays(14);
            cookie.SlidingExpiration = true;
            cookie.Cookie.Name = "rondo.session";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax;
        }));
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SessionCheck>();
        services.AddIdentityCore<Account>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                identity.Password.RequiredLength = 10;
                // Length is what protects; rules about kinds of characters only make people write passwords down.
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
                identity.Password.RequiredUniqueChars = 4;
                identity.Lockout.AllowedForNewUsers = true;
                identity.Lockout.MaxFailedAccessAttempts = options.AttemptsBeforeLockout;
                identity.Lockout.DefaultLockoutTimeSpan = options.LockoutTime;
            })
            .AddEntityFrameworkStores<AccountsDb>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<ISignInLinks>(provider => provider.GetRequiredService<SignInLinks>());
    }
}
