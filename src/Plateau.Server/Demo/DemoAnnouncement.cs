using Plateau.Server.Commands;
namespace Plateau.Server.Demo;

/// <summary>What the demo prints when it is ready.</summary>
internal static class DemoAnnouncement
{
    /// <summary>The lines; the two that begin with <c>curl</c> work in any shell as they stand.</summary>
    /// <param name="file">How to call the demo.</param>
    /// <param name="filePath">Where that is written.</param>
    /// <param name="identity">Who the demo is.</param>
    /// <param name="devices">Its devices.</param>
    public static IEnumerable<string> Lines(
        CallerFile file, string filePath, DemoIdentity identity, IReadOnlyList<RegisteredDevice> devices)
    {
        var reporting = devices.Where(device => device.Device.Battery is not null).ToList();
        yield return "";
        var seconds = DemoStream.Interval.TotalSeconds;
        yield return FormattableString.Invariant(
            $"The demo is ready: {devices.Count} devices; {reporting.Count} report a state every {seconds} s.");
        if (identity.IsKeyReplaced)
        {
            yield return "The secret key of the account was not found in the data directory: a new one was made.";
        }
        yield return "";
        yield return $"  Console     {file.BaseUrl}/console";
        yield return $"  API         {file.BaseUrl}";
        yield return $"  Reference   {file.BaseUrl}/docs";
        yield return $"  Ready       {file.BaseUrl}/health/ready";
        yield return $"  Metrics     {file.BaseUrl}/metrics";
        yield return $"  Account     {file.AccountId}";
        yield return $"  Secret key  {file.SecretKey}";
        yield return $"  Both are in {filePath}";
        yield return "";
        yield return "List devices:";
        yield return $"curl -s -H \"{Authorization(file)}\" '{file.BaseUrl}/devices?limit=2'";
        if (reporting.Count > 0)
        {
            yield return "";
            yield return "Submit a state:";
            yield return Submission(file, reporting[0]);
        }
        yield return "";
        yield return "Ctrl-C stops the server.";
        yield return "";
    }

    private static string Submission(CallerFile file, RegisteredDevice device) =>
        $"curl -s -X PUT -H \"{Authorization(file)}\" -H 'Content-Type: application/json' "
        + $"-d \"{{\\\"location_id\\\":\\\"{device.LocationId}\\\",\\\"time\\\":\\\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\\\","
        + "\\\"state_of_charge_percent\\\":34.2,\\\"target_state_of_charge_percent\\\":80,"
        + "\\\"battery_power_kw\\\":-1.4}\" "
        + $"'{file.BaseUrl}/devices/{device.Id}/state'";

    // A token lives for an hour and is too long to read; fetching it in place keeps the line working for ever.
    private static string Authorization(CallerFile file) =>
        $"Authorization: Bearer $(curl -s -u {file.AccountId}:{file.SecretKey} {file.BaseUrl}/login"
        + " | sed 's/.*\"bearer_token\":\"\\([^\"]*\\)\".*/\\1/')";
}
