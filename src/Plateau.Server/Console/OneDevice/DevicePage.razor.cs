using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Telemetry;
using Plateau.Server.WebConsole.Charts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>One device: what it is, what its owner has agreed to, and what it has told, now and over time.</summary>
public sealed partial class DevicePage
{
    private const int TableSize = 25;
    private const int MostPlaces = 20;
    private const int MostChanges = 50;

    // How long a chart of records stands still while nothing comes, and a chart of sums whatever comes.
    private static readonly TimeSpan QuietPause = TimeSpan.FromSeconds(20);

    private TimeChoice _choice = TimeChoice.Default;
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private Device? _device;
    private DeviceState? _latest;
    private DeviceTelemetry? _telemetry;
    private WalkedPage<DeviceState>? _table;
    private IReadOnlyList<ConsentChange> _changes = [];
    private bool _hasMoreChanges;
    private IReadOnlyList<DevicePlace> _places = [];
    private IReadOnlyList<ChartSeries> _charge = [];
    private IReadOnlyList<ChartSeries> _power = [];
    private IReadOnlyList<ChartGuide> _guides = [];
    private bool _mayManage;
    private string _account = "";
    private bool _isFollowing;
    private CancellationTokenSource? _following;

    /// <summary>The device's id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>A time up to now, such as <c>24h</c>.</summary>
    [SupplyParameterFromQuery]
    public string? Range { get; set; }

    /// <summary>The first day shown, <c>yyyy-MM-dd</c>.</summary>
    [SupplyParameterFromQuery]
    public string? From { get; set; }

    /// <summary>The last day shown, <c>yyyy-MM-dd</c>.</summary>
    [SupplyParameterFromQuery]
    public string? Until { get; set; }

    /// <summary>Lists the records after this one.</summary>
    [SupplyParameterFromQuery]
    public string? After { get; set; }

    /// <summary>Lists the records just before this one.</summary>
    [SupplyParameterFromQuery]
    public string? Before { get; set; }

    [Inject]
    private TimeProvider Clock { get; set; } = null!; // injected

    [Inject]
    private ConsoleClient Visit { get; set; } = null!; // injected

    [Inject]
    private IOptions<TelemetryOptions> Telemetry { get; set; } = null!; // injected

    // One that was read before is not the one of this address, or may be gone by now.
    private Device? Shown => Trouble is null && _device?.Id.ToString() == Id ? _device : null;

    private Uri Server => new(Navigation.BaseUri);

    private TimeSpan GapLimit => TimeSpan.FromMinutes(Telemetry.Value.GapLimitMinutes);

    private string? PreviousAddress => _table is { HasPrevious: true, Items: [var first, ..] }
        ? AddressOf(_choice, null, first.Id.ToString()) : null;

    private string? NextAddress => _table is { HasNext: true, Items: [.., var last] }
        ? AddressOf(_choice, last.Id.ToString(), null) : null;

    /// <inheritdoc/>
    protected override async Task ReadAsync(PlateauClient client, CancellationToken cancel)
    {
        Unfollow();
        var id = ReadId<DeviceId>(Id, "device");
        var device = await client.Devices.GetAsync(id, cancel);
        var zone = ZoneOf(device);
        var choice = TimeChoice.Read(Range, From, Until);
        var changes = await client.Devices.ListConsentChangesAsync(id, cancel).Take(MostChanges + 1)
            .ToListAsync(cancel);
        var places = await Task.WhenAll(
            device.Locations.TakeLast(MostPlaces).Reverse().Select(place => ReadPlaceAsync(client, place, cancel)));
        var visitor = await Visit.VisitorAsync(cancel);
        DeviceState? latest = null;
        DeviceTelemetry? telemetry = null;
        WalkedPage<DeviceState>? table = null;
        if (device.Consents.Telemetry)
        {
            latest = await client.DeviceStates.LatestAsync(id, cancel);
            var (start, end) = choice.Span(EndFor(latest), zone);
            telemetry = await DeviceTelemetry.ReadAsync(client.DeviceStates, id, start, end, cancel);
            var range = new HistoryFilter { StartTime = start, EndTime = choice.IsLive ? null : end };
            table = await PageWalk.ReadAsync<DeviceState, DeviceStateId>(
                (page, stop) => client.DeviceStates.HistoryPageAsync(id, range, page, stop), After, Before, TableSize,
                cancel);
        }
        (_device, _zone, _choice, _places) = (device, zone, choice, places);
        (_changes, _hasMoreChanges) = ([.. changes.Take(MostChanges)], changes.Count > MostChanges);
        (_mayManage, _account) = (visitor.Scope == KeyScope.Manage, visitor.AccountId);
        (_latest, _table) = (latest, table);
        Draw(telemetry);
        if (device.Consents.Telemetry && choice.IsLive)
        {
            _ = FollowAsync(client, id);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Unfollow();
        base.Dispose(disposing);
    }

    // A location may be erased while its device is read.
    private static async Task<DevicePlace> ReadPlaceAsync(PlateauClient client, LocationId id, CancellationToken cancel)
    {
        try
        {
            return new(id, await client.Locations.GetAsync(id, cancel));
        }
        catch (PlateauException fault) when (fault.Code == ErrorCodes.LocationNotFound)
        {
            return new(id, null);
        }
    }

    // A device's clock may be a little ahead of ours.
    private DateTimeOffset EndFor(DeviceState? latest)
    {
        var now = Clock.GetUtcNow();
        return latest is { Time: var time } && time >= now ? time.AddTicks(1) : now;
    }

    private void Draw(DeviceTelemetry? telemetry)
    {
        _telemetry = telemetry;
        if (telemetry is not null)
        {
            _charge = DeviceSeries.Charge(telemetry, GapLimit);
            _power = DeviceSeries.Power(telemetry, GapLimit);
            _guides = DeviceSeries.Guides(telemetry, _latest);
        }
    }

    private void Unfollow()
    {
        _following?.Cancel();
        _following = null;
        _isFollowing = false;
    }

    // Runs beside the page until it shows something else or is left.
    private async Task FollowAsync(PlateauClient client, DeviceId id)
    {
        using var following = CancellationTokenSource.CreateLinkedTokenSource(Left);
        (_following, _isFollowing, LiveTrouble) = (following, true, null);
        try
        {
            await new LiveRecords(client.DeviceStates, id, Clock).FollowAsync(
                (records, isGap) => InvokeAsync(() => TakeAsync(client, records, isGap, following.Token)),
                following.Token);
        }
        catch (Exception) when (following.IsCancellationRequested)
        {
            // The page shows something else by now, or nothing.
        }
        catch (PlateauException fault)
        {
            LiveTrouble = Trouble.Of(fault);
        }
        catch (Exception fault)
        {
            // Nobody waits for this task: the page fails as if one of its own had.
            await DispatchExceptionAsync(fault);
        }
        if (!following.IsCancellationRequested)
        {
            (_following, _isFollowing) = (null, false);
            StateHasChanged();
        }
    }

    private async Task TakeAsync(
        PlateauClient client, IReadOnlyList<DeviceState> records, bool isGap, CancellationToken cancel)
    {
        if (_telemetry is not { } shown || _device is not { } device || cancel.IsCancellationRequested)
        {
            return;
        }
        foreach (var record in records)
        {
            _latest = IsLater(record, _latest) ? record : _latest;
        }
        var end = EndFor(_latest);
        var isQuiet = end - shown.End < QuietPause;
        var isFirst = shown.Records is null or [] && shown.Buckets.Count == 0;
        if (!isGap && isQuiet && !isFirst && (records.Count == 0 || shown.Records is null))
        {
            return;
        }
        var moved = isGap ? null : shown.MoveTo(end, records);
        var (start, until) = _choice.Span(end, _zone);
        moved ??= await DeviceTelemetry.ReadAsync(client.DeviceStates, device.Id, start, until, cancel);
        if (cancel.IsCancellationRequested)
        {
            return;
        }
        if (records.Count > 0)
        {
            _device = device with { LastSeen = records.Max(record => record.TimeCreated) };
            _table = WithNewest(records);
        }
        Draw(moved);
        StateHasChanged();
    }

    // The first page of the table grows at its top and stays a page; other pages stand still.
    private WalkedPage<DeviceState>? WithNewest(IReadOnlyList<DeviceState> records)
    {
        if (_table is not { HasPrevious: false } table)
        {
            return _table;
        }
        var items = records.Concat(table.Items).DistinctBy(record => record.Id)
            .OrderByDescending(record => record.Time)
            .ThenByDescending(record => record.Id.ToString(), StringComparer.Ordinal).ToList();
        return new([.. items.Take(TableSize)], HasPrevious: false, table.HasNext || items.Count > TableSize);
    }

    private async Task<Trouble?> ChangeConsentAsync(ConsentsDraft change)
    {
        if (_device is not { } device)
        {
            return null;
        }
        var trouble = await TryAsync(
            client => client.Devices.UpdateAsync(device.Id, new DeviceDraft { Consents = change }, Left), Left);
        if (trouble is null)
        {
            await ReloadAsync();
        }
        return trouble;
    }

    private string AddressOf(TimeChoice choice) => AddressOf(choice, null, null);

    private string AddressOf(TimeChoice choice, string? after, string? before) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["range"] = choice.Last, ["from"] = choice.From?.ToString("O", CultureInfo.InvariantCulture),
            ["until"] = choice.Until?.ToString("O", CultureInfo.InvariantCulture),
            ["after"] = after, ["before"] = before,
        });

    private string AddressOfDay(DateTimeOffset time)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, _zone).Date);
        return AddressOf(new TimeChoice(null, day, day));
    }

    private static bool IsEmpty(DeviceTelemetry telemetry) =>
        telemetry.Records is null or [] && telemetry.Buckets.All(bucket => bucket.Count == 0);

    private static bool IsLater(DeviceState record, DeviceState? than) =>
        than is null || record.Time > than.Time
        || (record.Time == than.Time && record.TimeCreated >= than.TimeCreated);

    private static TimeZoneInfo ZoneOf(Device device) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(device.Timezone, out var zone) ? zone : TimeZoneInfo.Utc;
}
