using Plateau.Client.Transport;

namespace Plateau.Client;

/// <summary>
/// A client of the Plateau API: signs in by itself (or sends a token it was given), repeats what is safe to repeat, and
/// pages by itself. One instance serves any number of concurrent calls; make one and keep it. Calls that fail throw
/// <see cref="PlateauException"/>.
/// </summary>
/// <example>
/// <code>
/// using var client = new PlateauClient(new PlateauClientOptions
/// {
///     BaseAddress = new Uri("http://127.0.0.1:5080"), AccountId = account, SecretKey = secret,
/// });
/// await foreach (var device in client.Devices.ListAsync())
/// {
///     Console.WriteLine($"{device.Id} {device.ReferenceId}");
/// }
/// </code>
/// </example>
public sealed class PlateauClient : IDisposable
{
    private readonly HttpClient? _ownHttp;

    /// <summary>Makes a client; nothing is sent before the first call.</summary>
    /// <param name="options">Where the server is and who calls.</param>
    /// <param name="http">
    /// Sends the requests and stays the caller's to dispose; its own base address and default headers are not needed.
    /// Null: the client makes one and disposes it.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The address is not absolute, an option is out of range, or the options do not tell exactly one way of signing
    /// in: account and key, or a token.
    /// </exception>
    public PlateauClient(PlateauClientOptions options, HttpClient? http = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ThrowUnlessOneSignIn(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTotalWait, TimeSpan.Zero);
        if (!options.BaseAddress.IsAbsoluteUri || options.BaseAddress.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException(
                $"{options.BaseAddress} is not an absolute http or https address.", nameof(options));
        }
        _ownHttp = http is null ? NewHttpClient() : null;
        var sender = new HttpSender(options, http ?? _ownHttp!);
        var connection = new ApiConnection(sender, new TokenSource(sender, options));
        Account = new AccountClient(connection);
        Customers = new CustomersClient(connection);
        Locations = new LocationsClient(connection);
        Devices = new DevicesClient(connection);
        DeviceStates = new DeviceStatesClient(connection, options.Clock);
    }

    /// <summary>The account itself and its keys.</summary>
    public AccountClient Account { get; }

    /// <summary>The account's customers.</summary>
    public CustomersClient Customers { get; }

    /// <summary>Homes and sites.</summary>
    public LocationsClient Locations { get; }

    /// <summary>Devices.</summary>
    public DevicesClient Devices { get; }

    /// <summary>States of devices.</summary>
    public DeviceStatesClient DeviceStates { get; }

    /// <summary>Closes the connections that the client opened itself.</summary>
    public void Dispose() => _ownHttp?.Dispose();

    private static void ThrowUnlessOneSignIn(PlateauClientOptions options)
    {
        var isComplete = options.BearerToken is null
            ? options.AccountId is not null && !string.IsNullOrEmpty(options.SecretKey)
            : options.BearerToken.Length > 0 && options.AccountId is null && options.SecretKey is null;
        if (!isComplete)
        {
            throw new ArgumentException(
                $"A client wants either {nameof(options.AccountId)} and {nameof(options.SecretKey)}, "
                + $"or a {nameof(options.BearerToken)}.", nameof(options));
        }
    }

    private static HttpClient NewHttpClient() => new(NewHandler());

    // Connections end now and then so that a change of the server's address is noticed. Redirects are not followed:
    // they would turn a submission into a read.
    internal static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
    };
}
