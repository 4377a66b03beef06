using Rondo.HttpApi.Tests.Hosting;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace Rondo.HttpApi.Tests.Hosting;

/// <summary>One server for all tests that only need a project of their own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
