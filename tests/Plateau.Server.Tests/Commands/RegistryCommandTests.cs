using Plateau.Contracts;

namespace Plateau.Server.Tests.Commands;

/// <summary><c>plateau accounts</c> and <c>plateau keys</c>, beside a server on the same store.</summary>
public sealed class RegistryCommandTests
{
    [Theory, EveryStore]
    public async Task An_account_and_a_key_made_on_the_command_line_can_sign_in_and_nothing_else_is_printed(Store kind)
    {
        await using var server = await TestServer.StartAsync(kind);

        var account = (await Executable.RunAsync(server.Store, "accounts", "create", "Nova Systems")).Text;
        var created = await Executable.RunAsync(
            server.Store, "keys", "create", account, "--scope", "read", "--live", "--name", "Gateway", "--json");

        Assert.Equal(0, created.ExitCode);
        Assert.Equal("read", created.Json["scope"]!.GetValue<string>());
        Assert.Equal("Gateway", created.Json["name"]!.GetValue<string>());
        Assert.True(created.Json["live_mode"]!.GetValue<bool>());
        Assert.True(ObjectIdText.TryParse(account, out AccountId id));
        var caller = server.Anonymous();
        await caller.SignInAsync(id, created.Json["secret_key"]!.GetValue<string>());
        var own = await caller.GetAsync("/account");
        Assert.Equal("Nova Systems", own.Body["name"]!.GetValue<string>());
        Assert.Equal("read", own.Body["scope"]!.GetValue<string>());
    }

    [Theory, EveryStore]
    public async Task How_long_an_account_keeps_records_is_set_and_shown(Store kind)
    {
        await using var server = await TestServer.StartAsync(kind);
        var account = server.AccountId.ToString();

        Assert.Equal(
            $"{account} keeps its records for 30 days.",
            (await Executable.RunAsync(server.Store, "accounts", "retain", account, "30")).Text);
        Assert.Equal(30, (await server.Api.GetAsync("/account")).Body["retention_days"]!.GetValue<int>());
        Assert.Contains(
            "30 days", (await Executable.RunAsync(server.Store, "accounts", "list")).Text, StringComparison.Ordinal);
        Assert.Equal(
            $"{account} keeps its records forever.",
            (await Executable.RunAsync(server.Store, "accounts", "retain", account, "forever")).Text);
        Assert.Null((await server.Api.GetAsync("/account")).Body["retention_days"]);
        (await Executable.RunAsync(server.Store, "accounts", "retain", account, "0"))
            .FailedWith(2, "1 to 36500, or the word forever");
    }

    [Theory, EveryStore]
    public async Task A_revoked_key_and_a_disabled_account_stop_at_the_server_and_are_in_the_trail(Store kind)
    {
        await using var server = await TestServer.StartAsync(
            kind, settings: new Dictionary<string, string?> { ["Plateau:Access:KeyCacheSeconds"] = "0" });
        var (key, _) = await server.CreateKeyAsync();
        var account = server.AccountId.ToString();

        Assert.Equal(
            $"{key} is revoked.", (await Executable.RunAsync(server.Store, "keys", "revoke", key.ToString())).Text);
        Assert.Equal(
            $"{key} is revoked.", (await Executable.RunAsync(server.Store, "keys", "revoke", key.ToString())).Text);
        var keys = (await Executable.RunAsync(server.Store, "keys", "list", account, "--json")).Json["data"]!.AsArray();
        var revoked = keys.Single(one => one!["id"]!.GetValue<string>() == key.ToString())!;
        Assert.NotNull(revoked["time_revoked"]);

        Assert.Equal(0, (await Executable.RunAsync(server.Store, "accounts", "disable", account)).ExitCode);
        Assert.NotEqual(200, (int)(await server.Api.GetAsync("/account")).Status);
        Assert.Equal(0, (await Executable.RunAsync(server.Store, "accounts", "enable", account)).ExitCode);
        var trail = (await server.Api.GetAsync("/account/audit")).Body["data"]!.AsArray();

        Assert.Equal(
            ["account.enabled", "account.disabled", "key.revoked"],
            trail.Select(entry => entry!["action"]!.GetValue<string>()).Where(action => action is not "key.created"));
        Assert.All(trail, entry => Assert.Null(entry!["key_id"]));
    }

    [Theory, EveryStore]
    public async Task What_does_not_exist_is_said_and_ends_with_1(Store kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        const string Account = "acc_65f0c2a4b1d2e3f405060708";
        const string Key = "key_65f0c2a4b1d2e3f405060708";

        (await Executable.RunAsync(store, "accounts", "list")).FailedWith(1, "Run plateau migrate");
        Assert.Empty(Directory.GetFiles(store.DataDirectory));
        Assert.Equal(0, (await Executable.RunAsync(store, "migrate")).ExitCode);
        (await Executable.RunAsync(store, "keys", "create", Account)).FailedWith(1, $"There is no account {Account}.");
        (await Executable.RunAsync(store, "keys", "list", Account)).FailedWith(1, $"There is no account {Account}.");
        (await Executable.RunAsync(store, "accounts", "disable", Account))
            .FailedWith(1, $"There is no account {Account}.");
        (await Executable.RunAsync(store, "keys", "revoke", Key)).FailedWith(1, $"There is no key {Key}.");
    }

    [Fact]
    public async Task Lists_are_newest_first_and_say_when_there_is_more()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var second = await server.CreateAccountAsync("Tab\there");

        var text = await Executable.RunAsync(server.Store, "accounts", "list", "--limit", "1");
        var json = (await Executable.RunAsync(server.Store, "accounts", "list", "--json")).Json;

        Assert.Equal(2, text.Text.Split('\n').Length);
        Assert.StartsWith($"{second}\tTab here\t", text.Text.Split('\n')[1], StringComparison.Ordinal);
        Assert.Equal("There are more: raise --limit.", text.Error.TrimEnd());
        Assert.False(json["has_more"]!.GetValue<bool>());
        Assert.Equal(
            [second.ToString(), server.AccountId.ToString()],
            json["data"]!.AsArray().Select(account => account!["id"]!.GetValue<string>()));
    }
}
