using Microsoft.Extensions.DependencyInjection;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests;

/// <summary>Packing on the spot.</summary>
internal static class Packing
{
    /// <summary>Goes once round all devices.</summary>
    public static Task PackAsync(this TestServer server) =>
        server.Services.GetRequiredService<Compactor>().GoRoundAsync(TestContext.Current.CancellationToken);
}
