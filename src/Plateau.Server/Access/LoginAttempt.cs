using System.Net;
using System.Net.Sockets;

namespace Plateau.Server.Access;

/// <summary>One try to sign in, counted for its address and its account until it is disposed of.</summary>
internal sealed class LoginAttempt(LoginLimiter limiter) : IDisposable
{
    private const int Ipv6NetworkBytes = 8;

    private readonly List<string> _begun = [];
    private bool _failed;

    /// <summary>Begins the try for a subject; answers how long to wait when it has none left.</summary>
    public async Task<TimeSpan?> BeginAsync(string subject, CancellationToken cancel)
    {
        var wait = await limiter.BeginAsync(subject, cancel);
        if (wait is null)
        {
            _begun.Add(subject);
        }
        return wait;
    }

    /// <summary>Makes the try count as failed.</summary>
    public void Fail() => _failed = true;

    /// <summary>
    /// The address as it is counted. Of IPv6 that is the network, 64 bits: one home or one machine has all addresses in
    /// it.
    /// </summary>
    public static string AddressOf(IPAddress? address)
    {
        if (address is null or { AddressFamily: not AddressFamily.InterNetworkV6 })
        {
            return $"address {address}";
        }
        if (address.IsIPv4MappedToIPv6)
        {
            return $"address {address.MapToIPv4()}";
        }
        return $"network {Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, Ipv6NetworkBytes))}";
    }

    public void Dispose() => _begun.ForEach(subject => limiter.End(subject, _failed));
}
