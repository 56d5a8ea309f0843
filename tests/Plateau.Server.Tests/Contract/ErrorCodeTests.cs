using System.Net;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Health;
using Plateau.Server.Storage;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests.Contract;

/// <summary>Every error code, reached through the door it is answered at, by a test named after it.</summary>
public sealed class ErrorCodeTests
{
    private const string Nobody = "000000000000000000000001";

    [Fact]
    public void Every_code_has_a_test_named_after_it()
    {
        var codes = typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!);
        var tests = typeof(ErrorCodeTests).GetMethods().Select(method => method.Name.ToLowerInvariant()).ToHashSet();
        Assert.All(codes, code => Assert.Contains(code, tests));
    }

    [Theory, EveryStore]
    public async Task Json_invalid(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        foreach (var body in (string[])["", "{", "[]", "{} {}", "{\"reference_id\":1,}", "\"text\"", "nul", "\uFEFF{}"])
        {
            var error = (await server.Api.PostAsync("/customers", body))
                .ShouldFail(HttpStatusCode.BadRequest, ErrorCodes.JsonInvalid);
            Assert.Single(error.Errors!);
        }
    }

    [Theory, EveryStore]
    public async Task Cursor_invalid(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.GetAsync("/devices?starting_after=12"))
            .ShouldFail(HttpStatusCode.BadRequest, ErrorCodes.CursorInvalid);
    }

    [Theory, EveryStore]
    public async Task Cursor_conflict(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.GetAsync($"/devices?starting_after=dev_{Nobody}&ending_before=dev_{Nobody}"))
            .ShouldFail(HttpStatusCode.BadRequest, ErrorCodes.CursorConflict);
    }

    [Theory, EveryStore]
    public async Task Idempotency_key_invalid(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.PostAsync("/customers", "{}", new string('k', 256)))
            .ShouldFail(HttpStatusCode.BadRequest, ErrorCodes.IdempotencyKeyInvalid);
    }

    [Theory, EveryStore]
    public async Task Flatpeak_version_invalid(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var request = new HttpRequestMessage(HttpMethod.Get, "/devices");
        request.Headers.Add("Flatpeak-Version", "latest");
        (await server.Api.SendAsync(request)).ShouldFail(HttpStatusCode.BadRequest, ErrorCodes.VersionInvalid);
    }

    [Theory, EveryStore]
    public async Task Request_invalid(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var answer = await RawRequest.SendAsync(
            server, "POST /customers", "Transfer-Encoding: chunked\r\n", "this is no chunk\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\"{ErrorCodes.RequestInvalid}\"", answer, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Request_timeout(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var answer = await RawRequest.SendAsync(server, "POST /customers", "Content-Length: 100\r\n", "{");
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\"{ErrorCodes.RequestTimeout}\"", answer, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Authorization_missing(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Anonymous().GetAsync("/devices"))
            .ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.AuthorizationMissing);
        var login = await server.Anonymous().GetAsync("/login");
        login.ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.AuthorizationMissing);
        Assert.Equal("Basic", login.Headers.WwwAuthenticate.Single().Scheme);
        Assert.True(login.Headers.CacheControl!.NoStore);
    }

    [Theory, EveryStore]
    public async Task Credentials_invalid(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (_, secret) = await server.CreateKeyAsync();
        var stranger = await server.CreateAccountAsync("Stranger");
        (await LoginAsync(server, stranger.ToString(), secret))
            .ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.CredentialsInvalid);
        (await LoginAsync(server, "nobody", secret))
            .ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.CredentialsInvalid);
    }

    [Theory, EveryStore]
    public async Task Token_invalid(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var token = server.Api.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        var signature = token.LastIndexOf('.') + 1;
        var forged = token[..signature] + (token[signature] == 'A' ? 'B' : 'A') + token[(signature + 1)..];
        foreach (var bad in (string[])[forged, "abc", "a.b.c", token + "x", new string('a', 5_000)])
        {
            var client = server.Anonymous();
            client.Http.DefaultRequestHeaders.Authorization = new("Bearer", bad);
            var answer = await client.GetAsync("/devices");
            answer.ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.TokenInvalid);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Theory, EveryStore]
    public async Task A_secret_key_in_place_of_a_token_is_told_where_to_get_one_and_not_repeated(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (_, secret) = await server.CreateKeyAsync();
        var client = server.Anonymous();
        client.Http.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        var answer = await client.GetAsync("/devices");
        var error = answer.ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.TokenInvalid);
        Assert.Contains("POST /auth/tokens", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret["sk_test_".Length..], answer.Text, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Token_expired(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        clock.Advance(TimeSpan.FromSeconds(3600 + 59));
        Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync("/devices")).Status);
        clock.Advance(TimeSpan.FromSeconds(2));
        (await server.Api.GetAsync("/devices")).ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.TokenExpired);
    }

    [Theory, EveryStore]
    public async Task Account_disabled(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        var (_, secret) = await server.CreateKeyAsync();
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
            await using var write = await db.BeginWriteAsync(CancellationToken.None);
            db.Accounts.Single(row => row.Id == server.AccountId).TimeDisabled = clock.GetUtcNow();
            await write.CommitAsync(CancellationToken.None);
        }
        clock.Advance(TimeSpan.FromSeconds(60));
        (await server.Api.GetAsync("/devices")).ShouldFail(HttpStatusCode.Forbidden, ErrorCodes.AccountDisabled);
        (await LoginAsync(server, server.AccountId.ToString(), secret))
            .ShouldFail(HttpStatusCode.Forbidden, ErrorCodes.AccountDisabled);
    }

    [Theory, EveryStore]
    public async Task Scope_insufficient(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var submitter = await server.SignInAsync(KeyScope.Submit);
        (await submitter.GetAsync("/devices")).ShouldFail(HttpStatusCode.Forbidden, ErrorCodes.ScopeInsufficient);
    }

    [Theory, EveryStore]
    public async Task Telemetry_consent_missing(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync("""{"consents":{"telemetry":false}}""");
        (await server.Api.PutAsync($"/devices/{device}/state", Some.State(location)))
            .ShouldFail(HttpStatusCode.Forbidden, ErrorCodes.TelemetryConsentMissing);
        (await server.Api.GetAsync($"/devices/{device}/state"))
            .ShouldFail(HttpStatusCode.Forbidden, ErrorCodes.TelemetryConsentMissing);
    }

    [Theory, EveryStore]
    public async Task Route_not_found(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.GetAsync("/nothing/here")).ShouldFail(HttpStatusCode.NotFound, ErrorCodes.RouteNotFound);
    }

    [Theory, EveryStore]
    public async Task Device_not_found(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        foreach (var id in (string[])[$"dev_{Nobody}", "dev_", "x", $"loc_{Nobody}", "dev_ABC"])
        {
            (await server.Api.GetAsync($"/devices/{id}"))
                .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.DeviceNotFound);
        }
        // A missing device wins over a body that is wrong in every way.
        (await server.Api.PutAsync($"/devices/dev_{Nobody}/state", "[]"))
            .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.DeviceNotFound);
    }

    [Theory, EveryStore]
    public async Task Device_state_not_found(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync();
        (await server.Api.GetAsync($"/devices/{device}/state"))
            .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.DeviceStateNotFound);
    }

    [Theory, EveryStore]
    public async Task Location_not_found(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync();
        (await server.Api.GetAsync($"/locations/loc_{Nobody}"))
            .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.LocationNotFound);
        foreach (var place in (string[])[$"loc_{Nobody}", "loc_000000000000000000000000", "loc_x", $"dev_{Nobody}"])
        {
            (await server.Api.PutAsync($"/devices/{device}/state", Some.State(place)))
                .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.LocationNotFound);
            (await server.Api.PostAsync("/devices", $$"""{"locations":["{{place}}"]}"""))
                .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.LocationNotFound);
        }
    }

    [Theory, EveryStore]
    public async Task Customer_not_found(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.GetAsync($"/customers/cus_{Nobody}"))
            .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.CustomerNotFound);
    }

    [Theory, EveryStore]
    public async Task Key_not_found(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.DeleteAsync($"/account/keys/key_{Nobody}"))
            .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.KeyNotFound);
    }

    [Theory, EveryStore]
    public async Task Audit_entry_not_found(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.GetAsync($"/account/audit?starting_after=dev_{Nobody}"))
            .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.AuditEntryNotFound);
    }

    [Theory, EveryStore]
    public async Task Consent_change_not_found(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync();
        (await server.Api.GetAsync($"/devices/{device}/consents?starting_after=dev_{Nobody}"))
            .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.ConsentChangeNotFound);
    }

    [Theory, EveryStore]
    public async Task Failed_request_not_found(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.GetAsync($"/account/requests?starting_after=dev_{Nobody}"))
            .ShouldFail(HttpStatusCode.NotFound, ErrorCodes.FailedRequestNotFound);
    }

    [Theory, EveryStore]
    public async Task Method_not_allowed(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var answer = await server.Api.PutAsync("/devices", "{}");
        var error = answer.ShouldFail(HttpStatusCode.MethodNotAllowed, ErrorCodes.MethodNotAllowed);
        Assert.Matches("; it takes (GET, POST|POST, GET).$", error.Message);
        Assert.Equal(["GET", "POST"], answer.ContentHeaders.Allow.Order());
    }

    [Theory, EveryStore]
    public async Task Idempotency_key_conflict(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.PostAsync("/customers", "{}", "once")).Created();
        (await server.Api.PostAsync("/customers", """{"reference_id":"other"}""", "once"))
            .ShouldFail(HttpStatusCode.Conflict, ErrorCodes.IdempotencyKeyConflict);
        (await server.Api.PostAsync("/devices", "{}", "once"))
            .ShouldFail(HttpStatusCode.Conflict, ErrorCodes.IdempotencyKeyConflict);
    }

    [Theory, EveryStore]
    public async Task Record_reference_id_conflict(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var first = await server.Api.PutAsync($"/devices/{device}/state", Some.State(location));
        var error = (await server.Api.PutAsync($"/devices/{device}/state", Some.State(location, charge: 35)))
            .ShouldFail(HttpStatusCode.Conflict, ErrorCodes.RecordReferenceIdConflict);
        Assert.Contains(first.Body["id"]!.GetValue<string>(), error.Message, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Location_in_use(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        (await server.Api.DeleteAsync($"/locations/{location}"))
            .ShouldFail(HttpStatusCode.Conflict, ErrorCodes.LocationInUse);
    }

    [Theory, EveryStore]
    public async Task Customer_in_use(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var customer = (await server.Api.PostAsync("/customers", "{}")).Created();
        await server.Api.CreateLocationAsync(Some.Location.Replace(
            "{\"timezone\"", $"{{\"customer_id\":\"{customer}\",\"timezone\"", StringComparison.Ordinal));
        (await server.Api.DeleteAsync($"/customers/{customer}"))
            .ShouldFail(HttpStatusCode.Conflict, ErrorCodes.CustomerInUse);
    }

    [Theory, EveryStore]
    public async Task Body_too_large(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var body = "{}" + new string(' ', (64 * 1024) - 2);
        (await server.Api.PostAsync("/customers", body)).Created();
        (await server.Api.PostAsync("/customers", body + " "))
            .ShouldFail(HttpStatusCode.RequestEntityTooLarge, ErrorCodes.BodyTooLarge);
        var chunked = ApiClient.WithBody(HttpMethod.Post, "/customers", body + " ");
        chunked.Headers.TransferEncodingChunked = true;
        (await server.Api.SendAsync(chunked))
            .ShouldFail(HttpStatusCode.RequestEntityTooLarge, ErrorCodes.BodyTooLarge);
    }

    [Theory, EveryStore]
    public async Task Media_type_unsupported(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        string[] wrong = ["text/plain", "application/merge-patch+json", "application/json; charset=utf-16"];
        foreach (var type in wrong)
        {
            var request = ApiClient.WithBody(HttpMethod.Post, "/customers", "{}");
            request.Content!.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
            (await server.Api.SendAsync(request))
                .ShouldFail(HttpStatusCode.UnsupportedMediaType, ErrorCodes.MediaTypeUnsupported);
        }
    }

    [Theory, EveryStore]
    public async Task Controlled_one_way(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync();
        Assert.Equal(
            HttpStatusCode.OK, (await server.Api.PatchAsync($"/devices/{device}", """{"controlled":false}""")).Status);
        (await server.Api.PatchAsync($"/devices/{device}", """{"controlled":true}"""))
            .ShouldFail(HttpStatusCode.UnprocessableEntity, ErrorCodes.ControlledOneWay);
        (await server.Api.PatchAsync($"/devices/{device}", """{"controlled":null}"""))
            .ShouldFail(HttpStatusCode.UnprocessableEntity, ErrorCodes.ControlledOneWay);
    }

    [Theory, EveryStore]
    public async Task Locations_full(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var places = await Task.WhenAll(Enumerable.Range(0, 101).Select(_ => server.Api.CreateLocationAsync()));
        var device = await server.Api.CreateDeviceAsync(
            $$"""{"locations":[{{string.Join(',', places.Take(100).Select(place => $"\"{place}\""))}}]}""");
        (await server.Api.PutAsync($"/devices/{device}/state", Some.State(places[100])))
            .ShouldFail(HttpStatusCode.UnprocessableEntity, ErrorCodes.LocationsFull);
        Assert.Equal(
            HttpStatusCode.OK, (await server.Api.PutAsync($"/devices/{device}/state", Some.State(places[99]))).Status);
    }

    [Theory, EveryStore]
    public async Task Rate_limit_exceeded(Store store)
    {
        await using var server = await TestServer.StartAsync(store, settings: new Dictionary<string, string?>
        {
            ["Plateau:Http:RequestsPerMinute"] = "3",
        });
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync("/account")).Status);
        }
        var answer = await server.Api.GetAsync("/account");
        answer.ShouldFail(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimitExceeded);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Theory, EveryStore]
    public async Task Login_limit_exceeded(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        var (_, secret) = await server.CreateKeyAsync();
        var account = server.AccountId.ToString();
        for (var call = 0; call < 10; call++)
        {
            (await LoginAsync(server, account, "sk_test_wrong"))
                .ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.CredentialsInvalid);
        }
        var answer = await LoginAsync(server, account, secret);
        answer.ShouldFail(HttpStatusCode.TooManyRequests, ErrorCodes.LoginLimitExceeded);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.OK, (await LoginAsync(server, account, secret)).Status);
    }

    [Theory, EveryStore]
    public async Task Internal_error(Store store)
    {
        await using var server = await TestServer.StartAsync(
            store, services: services => services.Replace(ServiceDescriptor.Singleton<IStateStore>(
                new FaultyStateStore(new InvalidOperationException("select secret from nowhere")))));
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var error = (await server.Api.PutAsync($"/devices/{device}/state", Some.State(location)))
            .ShouldFail(HttpStatusCode.InternalServerError, ErrorCodes.InternalError);
        Assert.Equal("api_error", error.Type);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Storage_unavailable(Store store)
    {
        await using var server = await TestServer.StartAsync(
            store,
            settings: new Dictionary<string, string?> { ["Plateau:Telemetry:RepeatForSeconds"] = "0" },
            services: services => services.Replace(ServiceDescriptor.Singleton<IStateStore>(
                new FaultyStateStore(new NpgsqlException("away")))));
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var answer = await server.Api.PutAsync($"/devices/{device}/state", Some.State(location));
        var error = answer.ShouldFail(HttpStatusCode.ServiceUnavailable, ErrorCodes.StorageUnavailable);
        Assert.Equal("api_error", error.Type);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Theory, EveryStore]
    public async Task Not_ready(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var readiness = server.Services.GetRequiredService<Readiness>();
        readiness.Await();
        var answer = await server.Anonymous().GetAsync("/health/ready");
        answer.ShouldFail(HttpStatusCode.ServiceUnavailable, ErrorCodes.NotReady);
        Assert.NotNull(answer.Headers.RetryAfter);
        readiness.Complete();
        Assert.Equal(HttpStatusCode.OK, (await server.Anonymous().GetAsync("/health/ready")).Status);
    }

    private static Task<ApiAnswer> LoginAsync(TestServer server, string account, string secret)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/auth/tokens");
        request.Headers.Authorization = ApiClient.Basic(account, secret);
        return server.Anonymous().SendAsync(request);
    }
}
