using System.CommandLine;
using Rondo.Server.Hosting;
using Rondo.Web.Accounts;

namespace Rondo.Server.Commands;

/// <summary><c>rondo serve</c>: a server on a data folder.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var urls = CommonOptions.Urls();
        var publicUrl = CommonOptions.PublicUrl();
        var store = new StoreOptions();
        var allowPrivate = CommonOptions.AllowPrivateAddresses();
        var command = new Command("serve", "Starts a server on a data folder") { data, urls, publicUrl, allowPrivate };
        store.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new ServerSettings
            {
                DataDirectory = parsed.GetRequiredValue(data),
                Urls = parsed.GetRequiredValue(urls),
                PublicUrl = parsed.GetValue(publicUrl),
                Engine = store.Read(parsed),
                Analytics = ServerSettings.Integrating(parsed.GetValue(allowPrivate)),
            },
            WelcomeAsync,
            cancellationToken));
        return command;
    }

    /// <summary>Nobody has an account at first: whoever starts the server is given a link to make one.</summary>
    private static async Task WelcomeAsync(RondoServer server, CancellationToken cancellationToken)
    {
        if (await server.Services.GetRequiredService<ISignInLinks>().MakeSetupLinkAsync(cancellationToken) is { } link)
        {
            await Console.Out.WriteLineAsync($"Create the first administrator here (works once): {server.Note.Url}{link}");
        }
    }

    /// <summary>Runs a server until it is told to stop; <paramref name="whenStarted"/> is awaited before its address is printed.</summary>
    public static async Task<int> RunAsync(ServerSettings settings, Func<RondoServer, CancellationToken, Task> whenStarted, CancellationToken cancellationToken)
    {
        if (DataFolder.TryTake(settings.DataDirectory) is not { } folder)
        {
            var other = DataFolder.ReadNote(settings.DataDirectory);
            throw new CommandFailure(ExitCode.FolderInUse, $"'{settings.DataDirectory}' is in use by another server{(other is null ? string.Empty : $" at {other.Url}")}.");
        }

        await using var server = await StartAsync(settings, folder, cancellationToken);
        await whenStarted(server, cancellationToken);
        await Console.Out.WriteLineAsync($"Rondo is running at {server.Note.Url} with its data in {folder.Path}. Ctrl+C stops it.");
        await server.WaitForShutdownAsync(cancellationToken);
        return (int)ExitCode.Done;
    }

    private static async Task<RondoServer> StartAsync(ServerSettings settings, DataFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            return await RondoServer.StartAsync(settings, folder, cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CommandFailure(ExitCode.FolderInUse, exception.Message);
        }
    }
}
