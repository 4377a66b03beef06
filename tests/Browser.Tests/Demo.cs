using System.Text.Json;
using Microsoft.Playwright;
using NodaTime.Text;
using Rondo.Model.Time;
using Rondo.MusicFinder;
using Rondo.Running;

namespace Rondo.Browser.Tests;

/// <summary>The real demo in a process of its own, a signed-in browser, and the company as it was planned.</summary>
public sealed class Demo : IAsyncLifetime
{
    private const int PeopleCount = 3000;
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-demo-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private readonly List<IBrowserContext> _open = [];
    private string? _openFor;
    private string _signedIn = null!;

    public ServerProcess Server { get; private set; } = null!;

    public Company Company { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await ServerProcess.StartAsync(_data, "demo", "--allow-private-addresses", "--people", PeopleCount.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var projects = JsonDocument.Parse(await Server.Http.GetStringAsync("/api/v1/projects"));
        var createdAt = InstantPattern.ExtendedIso.Parse(projects.RootElement[0].GetProperty("createdAt").GetString()!).Value;
        Company = new Company(new MusicFinderOptions(ProjectCalendar.Utc.StartOf(createdAt, CalendarUnit.Hour), PeopleCount));

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("RONDO_CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var link = Server.Output.Single(line => line.StartsWith("Sign in", StringComparison.Ordinal)).Split(' ')[^1];
        await using var context = await _browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(link);
        await page.WaitForURLAsync("**/home");
        _signedIn = await context.StorageStateAsync();
    }

    /// <summary>A page of a browser that is signed in.</summary>
    public async Task<IPage> OpenAsync(string path, int width = 1280, ColorScheme scheme = ColorScheme.Light, string locale = "en-US")
    {
        var context = await ContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Server.Address.ToString(),
            StorageState = _signedIn,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
            Locale = locale,
        });
        context.SetDefaultTimeout(30_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync(path);
        return page;
    }

    /// <summary>Completes when a page has what it asked for and has stopped changing.</summary>
    public static Task SettledAsync(IPage page) => page.EvaluateAsync(
        """
        () => new Promise(settled => {
          let pause;
          const wait = () => { clearTimeout(pause); pause = setTimeout(look, 300); };
          const watcher = new MutationObserver(wait);
          const look = () => {
            if (document.querySelector('.skeleton') || document.getAnimations().some(animation => animation.playState === 'running')) return wait();
            watcher.disconnect();
            settled();
          };
          watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
          wait();
        })
        """);

    /// <summary>Takes a picture for the guides, where a folder for them is named.</summary>
    public static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("RONDO_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), Animations = ScreenshotAnimations.Disabled });
        }
    }

    /// <summary>A page of another site, seen by a visitor of its own.</summary>
    public async Task<IPage> VisitAsync(Uri address)
    {
        // Packages send nothing for a browser that says it has no head.
        var context = await ContextAsync(new BrowserNewContextOptions { UserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36" });
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        return page;
    }

    /// <summary>A window of its own. Those of earlier tests are closed: each keeps a circuit at work, and dozens of them make the last tests slow.</summary>
    private async Task<IBrowserContext> ContextAsync(BrowserNewContextOptions options)
    {
        var test = TestContext.Current.Test?.UniqueID;
        if (test != _openFor)
        {
            await Task.WhenAll(_open.Select(context => context.CloseAsync()));
            _open.Clear();
            _openFor = test;
        }

        var opened = await _browser!.NewContextAsync(options);
        _open.Add(opened);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}

[CollectionDefinition(nameof(Demo))]
public sealed class DemoCollection : ICollectionFixture<Demo>;
