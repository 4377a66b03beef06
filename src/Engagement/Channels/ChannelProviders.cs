using System.Collections.Concurrent;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Channels.Fcm;
using Rondo.Engagement.Channels.Sandbox;
using Rondo.Engagement.Channels.Smtp;
using Rondo.Engagement.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Channels;

/// <summary>The provider of each project and channel, built from its settings when first needed and again when they change.</summary>
internal sealed class ChannelProviders : IAsyncDisposable
{
    private static readonly Uri FcmAddress = new("https://fcm.googleapis.com");

    private readonly ConcurrentDictionary<(ProjectId Project, Channel Channel), Lazy<Task<IChannelProvider?>>> _providers = [];
    private readonly ConcurrentBag<IChannelProvider> _retired = [];
    private readonly ChannelDesk _desk;
    private readonly SandboxChannel _sandbox;
    private readonly EngagementOptions _options;
    private readonly TimeProvider _time;

    public ChannelProviders(ChannelDesk desk, SandboxChannel sandbox, EngagementOptions options, TimeProvider time)
    {
        _desk = desk;
        _sandbox = sandbox;
        _options = options;
        _time = time;
        desk.Changed += Retire;
    }

    /// <summary>The provider; null when the channel has none, or its secrets cannot be read any more.</summary>
    public async Task<IChannelProvider?> FindAsync(ProjectId project, Channel channel)
    {
        var creation = _providers.GetOrAdd((project, channel), key => new Lazy<Task<IChannelProvider?>>(() => CreateAsync(key.Project, key.Channel)));
        try
        {
            return await creation.Value;
        }
        catch
        {
            // Settings that could not be read are read again the next time.
            _providers.TryRemove(new KeyValuePair<(ProjectId, Channel), Lazy<Task<IChannelProvider?>>>((project, channel), creation));
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Changed -= Retire;
        foreach (var provider in _providers.Values.Where(provider => provider.IsValueCreated))
        {
            if (await provider.Value is { } created)
            {
                await created.DisposeAsync();
            }
        }

        foreach (var provider in _retired)
        {
            await provider.DisposeAsync();
        }
    }

    private async Task<IChannelProvider?> CreateAsync(ProjectId project, Channel channel)
    {
        var settings = await _desk.WithSecretsAsync(project, CancellationToken.None);
        return (channel == Channel.Push ? settings.Push : settings.Email) switch
        {
            Provider.Sandbox => _sandbox,
            Provider.Fcm when settings.Fcm?.ServiceAccountJson is { } json && ServiceAccount.Read(json, string.Empty).Account is { } account =>
                new FcmChannel(account, settings.Fcm.Endpoint is { } endpoint ? new Uri(endpoint) : FcmAddress, GuardedHandler.Create(_options.ProviderTimeout, _options.AllowPrivateProviderAddresses), _options, _time),
            Provider.Smtp when settings.Smtp is { } smtp => new SmtpChannel(smtp, _options),
            _ => null,
        };
    }

    /// <summary>Messages on their way may still use the old provider, so it is kept until the server ends.</summary>
    private void Retire(ProjectId project)
    {
        foreach (var channel in Enum.GetValues<Channel>())
        {
            if (_providers.TryRemove((project, channel), out var old) && old is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } } && old.Value.Result is { } provider)
            {
                _retired.Add(provider);
            }
        }
    }
}
