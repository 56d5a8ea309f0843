using Plateau.Contracts;
using Plateau.Server.Commands.Api;
using Plateau.Server.Customers;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Locations;

namespace Plateau.Server.Tests.Commands;

/// <summary>The registry and the account by the command line, over the API.</summary>
public sealed class RegistryApiCommandTests
{
    [Theory, EveryStore]
    public async Task A_home_is_registered_changed_and_erased(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var user = await CommandUser.OfAsync(server);

        var customer = (await user.RunAsync("customers", "create", "--reference", "C-77", "-q")).Text;
        var location = (await user.RunAsync(
            "locations", "create", "--customer", customer, "--timezone", "Europe/London", "--city", "London",
            "--country", "GB", "--place", "51.5,-0.12", "--quiet")).Text;
        var device = (await user.RunAsync(
            "devices", "create", "--reference", "H-1042", "--location", location, "--battery-capacity-kwh", "13.5",
            "--pv-tilt", "35", "--ev-v2g", "true", "--consent", "control=true", "--consent", "geo_location=true",
            "--json")).Json;
        var id = device["id"]!.GetValue<string>();
        var changed = (await user.RunAsync(
            "devices", "update", id, "--reference", "", "--battery-power-kw", "5", "--consent", "control=false",
            "--json")).Json;
        var consents = (await user.RunAsync("devices", "consents", id, "--csv")).Text.Split("\r\n");
        var listed = (await user.RunAsync("devices", "list", "--location", location, "-q")).Text;
        var moved = (await user.RunAsync("locations", "update", location, "--city", "Leeds", "--json")).Json;
        var inUse = await user.RunAsync("customers", "delete", customer, "--yes");
        var erased = await user.RunAsync("customers", "delete", customer, "--cascade", "--yes");

        Assert.Equal("Europe/London", device["timezone"]!.GetValue<string>());
        Assert.Equal(51.5, device["geo_location"]!["lat"]!.GetValue<double>());
        Assert.Equal(
            """{"battery":{"capacity_kwh":13.5},"pv":{"tilt":35},"ev_charger":{"v2g_capable":true}}""",
            device["properties"]!.ToJsonString());
        Assert.Null(changed["reference_id"]);
        Assert.Equal(
            """{"capacity_kwh":13.5,"power_kw":5}""", changed["properties"]!["battery"]!.ToJsonString());
        Assert.Equal("time,key_id,from,to", consents[0]);
        Assert.EndsWith(
            ",information telemetry control geo_location,information telemetry geo_location", consents[1],
            StringComparison.Ordinal);
        Assert.Equal(3, consents.Length);
        Assert.Equal(id, listed);
        Assert.Equal("Leeds", moved["postal_address"]!["city"]!.GetValue<string>());
        inUse.FailedWith(1, "[customer_in_use]");
        Assert.Equal((0, "", ""), (erased.ExitCode, erased.Output, erased.Error));
        (await user.RunAsync("devices", "show", id)).FailedWith(1, "[device_not_found]");
    }

    [Fact]
    public async Task A_body_comes_from_a_file_or_from_standard_input_and_the_server_judges_it()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        var file = Path.Combine(user.Folder, "device.json");
        await File.WriteAllTextAsync(
            file, """{"reference_id":"A","properties":{"battery":{"capacity_kwh":10}}}""",
            TestContext.Current.CancellationToken);

        var made = (await user.RunAsync(
            "devices", "create", "--file", file, "--reference", "B", "--battery-power-kw", "5", "--json")).Json;
        var id = made["id"]!.GetValue<string>();
        var patched = await user.RunWithInputAsync(
            """{"properties":null,"reference_id":null}""", "devices", "update", id, "--file", "-", "--json");
        var wrong = await user.RunWithInputAsync(
            """{"nonsense":1,"timezone":"Mars"}""", "devices", "create", "--file", "-");

        Assert.Equal("B", made["reference_id"]!.GetValue<string>());
        Assert.Equal("""{"capacity_kwh":10,"power_kw":5}""", made["properties"]!["battery"]!.ToJsonString());
        Assert.Equal("{}", patched.Json["properties"]!.ToJsonString());
        Assert.Null(patched.Json["reference_id"]);
        wrong.FailedWith(1, "[nonsense_unknown]");
        Assert.Contains("timezone must be", wrong.Error, StringComparison.Ordinal);
        (await user.RunWithInputAsync("[]", "devices", "create", "--file", "-")).FailedWith(2, "not a JSON object");
        (await user.RunWithInputAsync("{", "devices", "create", "--file", "-")).FailedWith(2, "not a JSON object");
        (await user.RunAsync("devices", "create", "--file", "nowhere.json")).FailedWith(1, "nowhere.json");
        (await user.RunAsync("devices", "update", id)).FailedWith(2, "Tell what to change");
        (await user.RunAsync("devices", "create", "--battery-power-kw", "five"))
            .FailedWith(2, "--battery-power-kw must be a number such as 13.5; it was five.");
        (await user.RunAsync("devices", "create", "--consent", "all=true"))
            .FailedWith(2, "--consent must be one of information, telemetry, control, geo_location");
        (await user.RunAsync("devices", "create", "--place", "51.5")).FailedWith(2, "a latitude and a longitude");
    }

    [Fact]
    public async Task Deletion_is_refused_in_a_script_that_does_not_say_yes_and_asked_about_on_a_terminal()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        var id = (await user.RunAsync("devices", "create", "-q")).Text;

        (await user.RunWithInputAsync("yes\n", "devices", "delete", id)).FailedWith(2, "say --yes");
        var kept = await user.RunOnTerminalAsync("[y/N]", "n\n", "devices", "delete", id);
        Assert.Equal(1, kept.ExitCode);
        Assert.Contains($"Delete {id} and everything recorded of it? [y/N]", kept.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was deleted.", kept.Output, StringComparison.Ordinal);
        Assert.Equal(id, (await user.RunAsync("devices", "list", "-q")).Text);
        var gone = await user.RunOnTerminalAsync("[y/N]", "y\n", "devices", "delete", id);
        Assert.True(gone.ExitCode == 0, gone.Output);
        Assert.Equal("", (await user.RunAsync("devices", "list", "-q")).Text);
    }

    [Fact]
    public async Task Devices_are_found_by_part_activity_and_beginning_of_their_reference()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        var car = (await user.RunAsync("devices", "create", "--reference", "A-1", "--ev-v2g", "true", "-q")).Text;
        var battery = (await user.RunAsync(
            "devices", "create", "--reference", "B-1", "--battery-power-kw", "5", "-q")).Text;

        Assert.Equal(car, (await user.RunAsync("devices", "list", "--kind", "ev_charger", "-q")).Text);
        Assert.Equal(battery, (await user.RunAsync("devices", "list", "--reference-prefix", "B-", "-q")).Text);
        Assert.Equal("", (await user.RunAsync("devices", "list", "--activity", "silent", "-q")).Text);
        Assert.Equal(
            $"{battery}\n{car}", (await user.RunAsync("devices", "list", "--activity", "never_seen", "-q")).Text);
        (await user.RunAsync("devices", "list", "--kind", "toaster")).FailedWith(2, "toaster");
    }

    [Fact]
    public async Task Calls_that_failed_are_listed()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        (await user.RunAsync("devices", "show", "dev_000000000000000000000001")).FailedWith(1, "[device_not_found]");

        var listed = "";
        await Until.TrueAsync("the call is listed", async () =>
        {
            listed = (await user.RunAsync("account", "requests", "--csv")).Text;
            return listed.Contains("404", StringComparison.Ordinal);
        });

        Assert.StartsWith("time_created,status,code,method,path,key_id,request_id", listed, StringComparison.Ordinal);
        Assert.Contains(
            ",404,device_not_found,GET,/devices/dev_000000000000000000000001,key_", listed, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task A_key_is_made_over_the_api_shown_once_listed_and_revoked(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var user = await CommandUser.OfAsync(server);
        using var reader = await CommandUser.OfAsync(server, KeyScope.Read);

        var made = (await user.RunAsync(
            "account", "keys", "create", "--scope", "submit", "--name", "Gateway", "--json")).Json;
        var id = made["id"]!.GetValue<string>();
        var listed = await user.RunAsync("account", "keys", "list", "--csv");
        var revoked = await user.RunAsync("account", "keys", "revoke", id, "--yes");
        var trail = await user.RunAsync("account", "audit", "--limit", "2", "--csv");

        Assert.StartsWith("sk_test_", made["secret_key"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains($"{id},test,submit,Gateway,", listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("sk_test_", listed.Output, StringComparison.Ordinal);
        Assert.Equal(0, revoked.ExitCode);
        Assert.DoesNotContain(id, (await user.RunAsync("account", "keys", "list")).Text, StringComparison.Ordinal);
        Assert.Contains($",key.revoked,{id},key_", trail.Text, StringComparison.Ordinal);
        (await reader.RunAsync("account", "keys", "create", "--scope", "manage")).FailedWith(1, "[scope_insufficient]");
    }

    [Fact]
    public void Every_member_of_a_body_has_an_option()
    {
        Assert.Equal(PathsOf(DeviceBody.Schema).Order(), DeviceCommands.Body.Paths.Order());
        Assert.Equal(PathsOf(LocationBody.Schema).Order(), LocationCommands.Body.Paths.Order());
        Assert.Equal(PathsOf(CustomerBody.Schema).Order(), CustomerCommands.Body.Paths.Order());
    }

    // Consents and places are told in one option.
    private static IEnumerable<string> PathsOf(BodySchema schema) => schema.Fields.SelectMany(field =>
        field is IObjectField inner && field.Name is not ("consents" or "geo_location")
            ? PathsOf(inner.Schema).Select(path => $"{field.Name}.{path}")
            : [field.Name]);
}
