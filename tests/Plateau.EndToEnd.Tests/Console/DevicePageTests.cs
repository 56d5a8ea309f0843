using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Plateau.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>The page of a device, as a person's browser shows it.</summary>
public sealed partial class DevicePageTests(ConsoleBrowser browser) : IClassFixture<ConsoleBrowser>
{
    private static readonly DateTimeOffset Day = new(2026, 3, 4, 0, 0, 0, TimeSpan.Zero);

    // Hours of the day and states of charge; the two in the afternoon come after a gap.
    private static readonly (double Hour, double Charge, double PowerKw)[] Sent =
        [(9, 20, 2), (9.1, 30, 2.5), (9.2, 45.5, 3), (15, 80, -1.5), (15.1, 62.5, -4)];

    [Fact]
    public async Task Charts_are_drawn_of_the_records_that_were_sent_with_their_gaps()
    {
        var device = await CreateAsync();
        await SendAsync(device, Sent);
        await using var visit = await browser.VisitAsync();

        await visit.OpenSignedInAsync($"/console/devices/{device.Id}?from=2026-03-04");

        var chart = Chart(visit, "State of charge");
        await FollowsAsync(chart.Locator(".chart-plot"));
        var zero = await ReadPathAsync(chart.Locator("path.chart-zero"));
        var (left, right, bottom) = (zero[0][0].X, zero[0][1].X, zero[0][1].Y);
        var top = JsonNode.Parse((await chart.Locator(".chart-plot").GetAttributeAsync("data-readings"))!)!["top"]!
            .GetValue<double>();
        var line = await ReadPathAsync(chart.Locator("path.chart-line"));
        Assert.Equal([3, 2], line.Select(piece => piece.Count));
        Assert.All(line.SelectMany(piece => piece).Zip(Sent), pair =>
        {
            var (point, (hour, charge, _)) = pair;
            Assert.Equal(left + ((right - left) * hour / 24), point.X, 0.11);
            Assert.Equal(bottom - ((bottom - top) * charge / 100), point.Y, 0.11);
        });
        var power = Chart(visit, "Battery power");
        Assert.Single(await ReadPathAsync(power.Locator("path.chart-area.tone-above")));
        Assert.Single(await ReadPathAsync(power.Locator("path.chart-area.tone-below")));
        await HasAsync(power.Locator("desc"), "lowest −4 kW at 4 Mar 2026, 15:06");
        await HasAsync(visit.Page.Locator(".range-zone"), "Times of UTC");
    }

    [Fact]
    public async Task Values_are_read_by_keyboard_and_by_pointer_without_asking_the_server()
    {
        var device = await CreateAsync();
        await SendAsync(device, Sent);
        await using var visit = await browser.VisitAsync();
        var messages = new SentMessages(visit.Page);
        await visit.OpenSignedInAsync($"/console/devices/{device.Id}?from=2026-03-04");
        var plot = Chart(visit, "State of charge").Locator(".chart-plot");
        var tip = plot.Locator(".chart-tip");
        await FollowsAsync(plot);
        await FollowsAsync(Chart(visit, "Battery power").Locator(".chart-plot"));
        var before = await messages.QuietAsync();
        Assert.True(before > 0, "The page's connection is not seen.");

        await plot.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Home");
        await HasAsync(tip, "4 Mar 2026, 09:00");
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        await HasAsync(tip, "30 %");
        Assert.Equal("status", await tip.GetAttributeAsync("role"));
        await visit.Page.Keyboard.PressAsync("Escape");
        Assert.Equal(0, await tip.CountAsync());
        var box = (await plot.BoundingBoxAsync())!;
        await visit.Page.Mouse.MoveAsync(box.X + box.Width - 20, box.Y + (box.Height / 2));

        await HasAsync(tip, "62.5 %");
        Assert.Equal(before, messages.Count);
    }

    [Fact]
    public async Task A_state_that_is_submitted_appears_by_itself()
    {
        var device = await CreateAsync();
        await SubmitAsync(device, TimeProvider.System.GetUtcNow().AddMinutes(-10), 40, 1);
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync($"/console/devices/{device.Id}?range=1h");
        await visit.Page.Locator(".live").WaitForAsync();
        await FollowsAsync(Chart(visit, "State of charge").Locator(".chart-plot"));

        await SubmitAsync(device, TimeProvider.System.GetUtcNow(), 71.5, -2.25);

        await visit.Page.Locator(".now").GetByText("71.5 %", new() { Exact = true }).WaitForAsync();
        await visit.Page.Locator(".now").GetByText("discharging").WaitForAsync();
        await visit.Page.Locator(".records tbody tr").First.GetByText("71.5 %").WaitForAsync();
        Assert.Contains(
            "last 71.5 %", await Chart(visit, "State of charge").Locator("desc").TextContentAsync(),
            StringComparison.Ordinal);
        Assert.Contains(
            "\"state_of_charge_percent\": 71.5",
            await visit.Page.GetByLabel("Submit", new() { Exact = true }).InnerTextAsync(),
            StringComparison.Ordinal);
        // What asks for the key is copied alone: what is pasted behind it would be taken for the key.
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Copy: Sign in" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Copied" }).WaitForAsync();
        await visit.PictureAsync("device-calls");
    }

    [Fact]
    public async Task A_first_state_turns_the_page_of_a_silent_device_into_charts()
    {
        var device = await CreateAsync();
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync($"/console/devices/{device.Id}");
        await visit.Page.GetByText("No state yet").WaitForAsync();
        Assert.Contains("never", await visit.Page.Locator(".now").InnerTextAsync(), StringComparison.Ordinal);
        // The stream is opened after the page was drawn.
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);

        await SubmitAsync(device, TimeProvider.System.GetUtcNow(), 33, 1);

        await Chart(visit, "State of charge").Locator("path.chart-line").WaitForAsync(
            new() { State = WaitForSelectorState.Attached });
    }

    [Fact]
    public async Task Following_that_failed_can_be_tried_again_and_the_page_be_left()
    {
        // A server of its own: it has one stream to give, and somebody else has it.
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var store = await SeededStore.CreateAsync(testStore.Settings, testStore.Arguments);
        using var server = await ServerProcess.StartAsync(
            store.Arguments, new Dictionary<string, string> { ["PLATEAU__TELEMETRY__MAXSTREAMS"] = "1" });
        var api = await store.SignInAsync(server);
        var device = await api.CreateDeviceAsync();
        await api.PutAsync($"/devices/{device}/state", Some.State(await api.CreateLocationAsync()));
        var stream = await api.Http.GetAsync(
            "/device-states/stream", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var visit = await browser.VisitAsync(server);
        await visit.OpenAsync($"/console/devices/{device}");
        await visit.SignInAsync(store.AccountId.ToString(), store.Secret);
        var trouble = visit.Page.GetByText("New records are not followed");

        await trouble.WaitForAsync();
        await visit.Page.GetByText("As many streams as may be are open").WaitForAsync();
        await visit.PictureAsync("device-not-followed");
        await visit.Page.Locator(".crumb").GetByRole(AriaRole.Link, new() { Name = "Devices" }).ClickAsync();
        await visit.Page.Locator("tbody a.name").ClickAsync();
        await trouble.WaitForAsync();
        stream.Dispose();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await visit.Page.Locator(".live").WaitForAsync();
        Assert.Equal(0, await trouble.CountAsync());
    }

    [Fact]
    public async Task A_place_that_was_erased_meanwhile_is_shown_as_such_and_a_long_history_says_where_it_goes_on()
    {
        var device = await CreateAsync();
        var erased = await browser.Api.CreateLocationAsync();
        await browser.Api.PutAsync($"/devices/{device.Id}/state", Some.State(erased));
        for (var change = 0; change < 50; change++)
        {
            var given = change % 2 == 0 ? "true" : "false";
            await browser.Api.PatchAsync($"/devices/{device.Id}", $$$"""{"consents":{"control":{{{given}}}} }""");
        }
        await browser.Store.ExecuteAsync($"delete from locations where id = x'{erased[4..]}'");
        await using var visit = await browser.VisitAsync();

        await visit.OpenSignedInAsync($"/console/devices/{device.Id}");

        var places = visit.Page.Locator(".places li");
        await HasAsync(places.Filter(new() { HasText = erased }), "It is not there any more.");
        Assert.Equal(1, await places.GetByRole(AriaRole.Link).CountAsync());
        await visit.Page.GetByText("History (the newest 50)").ClickAsync();
        await visit.Page.GetByText($"GET /devices/{device.Id}/consents").WaitForAsync();
        Assert.Equal(50, await visit.Page.Locator(".history li").CountAsync());
    }

    [Fact]
    public async Task Withdrawing_telemetry_is_asked_about_and_takes_effect()
    {
        var device = await CreateAsync();
        await SubmitAsync(device, TimeProvider.System.GetUtcNow(), 50, 1);
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync($"/console/devices/{device.Id}");
        var telemetry = visit.Page.GetByRole(AriaRole.Switch, new() { Name = "Telemetry" });

        await telemetry.ClickAsync();
        await visit.Page.GetByText("no state of this device is taken: submissions are answered 403").WaitForAsync();
        await visit.PictureAsync("device-consent");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await SubmitAsync(device, TimeProvider.System.GetUtcNow(), 51, 1);
        await telemetry.ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw", Exact = true }).ClickAsync();

        await visit.Page.GetByText("Telemetry is not shared").WaitForAsync();
        var refused = await browser.Api.PutAsync($"/devices/{device.Id}/state", Some.State(device.Location));
        refused.ShouldFail(HttpStatusCode.Forbidden, ErrorCodes.TelemetryConsentMissing);
        Assert.Equal(0, await visit.Page.Locator(".chart").CountAsync());
        await visit.Page.GetByText("History (2)").ClickAsync();
        await visit.Page.GetByText("Telemetry withdrawn").WaitForAsync();
        await visit.PictureAsync("device-withheld");

        await telemetry.ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Give", Exact = true }).ClickAsync();
        await Chart(visit, "State of charge").WaitForAsync();
        await SubmitAsync(device, TimeProvider.System.GetUtcNow(), 52, 1);
    }

    [Fact]
    public async Task A_key_that_may_look_only_sees_consents_without_switches()
    {
        var device = await CreateAsync();
        await using var visit = await browser.VisitAsync();

        await OpenAsync(visit, "read", $"/console/devices/{device.Id}");

        await visit.Page.GetByText("Your key may look only").WaitForAsync();
        Assert.Equal(0, await visit.Page.GetByRole(AriaRole.Switch).CountAsync());
        Assert.Equal(2, await visit.Page.Locator(".consents").GetByText("given", new() { Exact = true }).CountAsync());
    }

    [Fact]
    public async Task A_key_that_only_submits_is_told_that_it_may_not_look()
    {
        var device = await CreateAsync();
        await using var visit = await browser.VisitAsync();

        await OpenAsync(visit, "submit", $"/console/devices/{device.Id}");

        await visit.Page.GetByText("Your key may not do this").WaitForAsync();
    }

    [Fact]
    public async Task The_time_shown_is_chosen_by_links_and_days_and_lives_in_the_address()
    {
        var device = await CreateAsync("Europe/Berlin");
        await SendAsync(device, Sent);
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync($"/console/devices/{device.Id}");
        await visit.Page.GetByText("There is no record in this time.").First.WaitForAsync();
        var summary = Chart(visit, "State of charge").Locator("desc");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "show that day" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("from=2026-03-04&until=2026-03-04"));
        await HasAsync(summary, "4 Mar 2026, 00:00 to 5 Mar 2026, 00:00, time zone Europe/Berlin");
        await HasAsync(summary, "last 62.5 % at 4 Mar 2026, 16:06");
        await visit.Page.GetByLabel("From").FillAsync("2026-02-20");
        await visit.Page.GetByLabel("From").BlurAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("from=2026-02-20&until=2026-03-04"));
        await HasAsync(summary, "20 Feb 2026, 00:00 to 5 Mar 2026, 00:00");
        await visit.Page.ReloadAsync();
        await HasAsync(summary, "20 Feb 2026, 00:00 to 5 Mar 2026, 00:00");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "30 days" }).ClickAsync();

        await Expect(visit.Page).ToHaveURLAsync(new Regex(@"\?range=30d$"));
    }

    [Fact]
    public async Task Records_are_paged_through_and_come_as_a_file()
    {
        var device = await CreateAsync();
        await SendAsync(device, [.. Enumerable.Range(0, 60).Select(index => (index / 10.0, (double)index, 1.0))]);
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync($"/console/devices/{device.Id}?from=2026-03-04");
        var rows = visit.Page.Locator(".records tbody tr");

        await rows.Last.GetByText("35 %").WaitForAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync();
        await rows.First.GetByText("34 %").WaitForAsync();
        Assert.Equal(25, await rows.CountAsync());
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Newer" }).ClickAsync();
        await rows.First.GetByText("59 %").WaitForAsync();
        var download = await visit.Page.RunAndWaitForDownloadAsync(
            () => visit.Page.GetByRole(AriaRole.Link, new() { Name = "Download CSV" }).ClickAsync());

        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal($"{device.Id}.csv", download.SuggestedFilename);
        Assert.Equal(61, lines.Length);
        Assert.Contains(",59,80,1,", lines[1], StringComparison.Ordinal);
        var unknown = await browser.Api.GetAsync($"/console/devices/{device.Id}/states.csv");
        Assert.Contains("Sign in", unknown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("dsr_", unknown.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("light", 1280)]
    [InlineData("dark", 1280)]
    [InlineData("phone", 390)]
    public async Task The_page_fits_its_window_in_light_and_dark(string name, int width)
    {
        var device = await CreateAsync("Europe/London", """
            "reference_id":"Garage battery","properties":{"manufacturer":"Ridge","model_name":"Home 13",
            "battery":{"capacity_kwh":13.5,"charge_power_kw":5,"discharge_power_kw":5,"round_trip_efficiency":0.92},
            "pv":{"peak_power_kw":8.4,"azimuth":180,"tilt":35},"inverter":{"ac_export_limit_kw":5}},
            """);
        await SendDayAsync(device);
        await using var visit = await browser.VisitAsync(
            width: width, colors: name == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await visit.OpenSignedInAsync($"/console/devices/{device.Id}");
        await FollowsAsync(Chart(visit, "Battery power").Locator(".chart-plot"));

        await visit.FitsAsync();
        var colour = await visit.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        var brightness = Numbers().Matches(colour).Take(3)
            .Average(one => double.Parse(one.Value, CultureInfo.InvariantCulture));
        Assert.True(name == "dark" ? brightness < 80 : brightness > 200, $"The page is {colour}.");
        await visit.PictureAsync($"device-{name}");
        await visit.OpenAsync($"/console/devices/{device.Id}?range=7d");
        await FollowsAsync(Chart(visit, "Battery power").Locator(".chart-plot"));
        await visit.PictureAsync($"device-{name}-7d");
    }

    private static ILocator Chart(ConsoleVisit visit, string title) =>
        visit.Page.GetByRole(AriaRole.Figure, new() { Name = title, Exact = true });

    // A drawing is as wide as its place once its script is at work.
    private static Task FollowsAsync(ILocator plot) => Until.TrueAsync("the chart had its width", async () =>
        await plot.CountAsync() == 1
        && await plot.EvaluateAsync<bool>(
            "plot => Math.abs(plot.clientWidth - plot.querySelector('svg').viewBox.baseVal.width) < 2"));

    private static Task HasAsync(ILocator element, string text) => Until.TrueAsync($"it said {text}", async () =>
        await element.CountAsync() == 1
        && (await element.TextContentAsync())!.Contains(text, StringComparison.Ordinal));

    private static async Task<List<List<(double X, double Y)>>> ReadPathAsync(ILocator path)
    {
        await path.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var text = (await path.GetAttributeAsync("d"))!;
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        return
        [
            .. text.Split('M', StringSplitOptions.RemoveEmptyEntries).Select(piece =>
            {
                var points = new List<(double X, double Y)>();
                foreach (Match step in Steps().Matches("M" + piece))
                {
                    var x = double.Parse(step.Groups[2].Value, CultureInfo.InvariantCulture);
                    points.Add(step.Groups[1].Value == "H"
                        ? (x, points[^1].Y)
                        : (x, double.Parse(step.Groups[3].Value, CultureInfo.InvariantCulture)));
                }
                return points;
            }),
        ];
    }

    private async Task<(string Id, string Location)> CreateAsync(string zone = "UTC", string members = "")
    {
        var location = await browser.Api.CreateLocationAsync(
            $$$"""{"timezone":"{{{zone}}}","postal_address":{"city":"Somewhere","country_code":"GB"}}""");
        var device = await browser.Api.CreateDeviceAsync(
            $$$"""{ {{{members}}} "timezone":"{{{zone}}}","locations":["{{{location}}}"]}""");
        return (device, location);
    }

    private async Task SubmitAsync(
        (string Id, string Location) device, DateTimeOffset time, double charge, double power)
    {
        var answer = await browser.Api.PutAsync(
            $"/devices/{device.Id}/state", State(device, time, charge, power).ToJsonString());
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
    }

    private Task SendAsync(
        (string Id, string Location) device, (double Hour, double Charge, double PowerKw)[] states) =>
        SendAsync(
            [.. states.Select(one => State(
                device, Day.AddMinutes(Math.Round(one.Hour * 60)), one.Charge, one.PowerKw))], device);

    private async Task SendAsync(List<JsonObject> states, (string Id, string Location) device)
    {
        foreach (var state in states)
        {
            state["device_id"] = device.Id;
        }
        var batch = new JsonObject { ["data"] = new JsonArray([.. states]) };
        var answer = await browser.Api.PostAsync("/device-states", batch.ToJsonString());
        Assert.Equal(states.Count, answer.Body["records_accepted"]!.GetValue<int>());
    }

    // A week up to now with sun at noon, use in the evening, and an outage.
    private Task SendDayAsync((string Id, string Location) device)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (states, charge) = (new List<JsonObject>(), 40.0);
        for (var time = now.AddDays(-7); time < now; time = time.AddMinutes(5))
        {
            var hour = time.TimeOfDay.TotalHours;
            var power = (4.4 * Math.Max(0, Math.Sin((hour - 7) / 10 * Math.PI))) + (0.5 * Math.Sin(hour * 7))
                - (hour is > 17 and < 23 ? 2.6 : 0.5);
            power = (charge >= 97 && power > 0) || (charge <= 18 && power < 0) ? 0 : power;
            charge = Math.Clamp(charge + (power / 12 / 13.5 * 100), 15, 100);
            if ((now - time).TotalHours is not ((> 60 and < 64) or (> 16 and < 17.5)))
            {
                states.Add(State(device, time, Math.Round(charge, 1), Math.Round(power, 2)));
                states[^1]["backup_reserve_percent"] = 15;
                states[^1]["energy_remaining_kwh"] = Math.Round(charge * 0.135, 2);
            }
        }
        return SendAsync(states, device);
    }

    private static JsonObject State(
        (string Id, string Location) device, DateTimeOffset time, double charge, double power) => new()
        {
            ["location_id"] = device.Location, ["time"] = Instant.Format(time), ["state_of_charge_percent"] = charge,
            ["target_state_of_charge_percent"] = 80, ["battery_power_kw"] = power,
        };

    private async Task OpenAsync(ConsoleVisit visit, string scope, string path)
    {
        var key = await browser.Api.PostAsync("/account/keys", $$"""{"scope":"{{scope}}","name":"{{scope}}"}""");
        await visit.OpenAsync(path);
        await visit.SignInAsync(
            browser.Store.AccountId.ToString(), key.Body["secret_key"]!.GetValue<string>());
        await visit.ReadyAsync();
    }

    /// <summary>Counts what a page asks of the server, or answers it, over its connection.</summary>
    private sealed class SentMessages
    {
        // What keeps the connection alive is no longer than this.
        private const int PingBytes = 3;

        private int _count;

        public SentMessages(IPage page) => page.WebSocket += (_, socket) => socket.FrameSent += (_, frame) =>
        {
            if ((frame.Binary?.Length ?? frame.Text?.Length ?? 0) > PingBytes)
            {
                Interlocked.Increment(ref _count);
            }
        };

        public int Count => Volatile.Read(ref _count);

        /// <summary>Waits until the page has told its widths and answered the drawings.</summary>
        public async Task<int> QuietAsync()
        {
            int before;
            do
            {
                before = Count;
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            }
            while (Count != before);
            return before;
        }
    }

    [GeneratedRegex("([MLH])([-0-9.]+)(?: ([-0-9.]+))?")]
    private static partial Regex Steps();

    [GeneratedRegex("[0-9.]+")]
    private static partial Regex Numbers();
}
