using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plateau.Contracts.Tests;

/// <summary>Wire types survive being written and read, in full and with nothing optional.</summary>
public sealed class JsonTests
{
    private static readonly DateTimeOffset Time = Instant.FromUnixMicroseconds(1_643_711_400_123_456);
    private static readonly ObjectId Id = ObjectId.From(0x61f90b98, 0x0102030405060708);

    private static readonly DeviceProperties AllProperties = new()
    {
        Manufacturer = "Müller & Söhne",
        ModelCode = "\"M\"",
        ModelName = "",
        InstallDate = Time,
        Battery = new()
        {
            CapacityKwh = 10, PowerKw = 5, ChargePowerKw = 4.9, DischargePowerKw = 1e-9, RoundTripEfficiency = 0.9,
        },
        Pv = new() { PeakPowerKw = 8.1, Azimuth = -180, Tilt = 35, TerrainShading = true, ForecastsEnabled = false },
        Inverter = new() { AcExportLimitKw = 0 },
        EvCharger = new() { MaxPowerKw = 22, MinPowerKw = 4.2, Phases = 3, PhaseSwitching = true, V2gCapable = false },
        HeatPump = new() { MaxPowerKw = 6, MinPowerKw = 1, ThermalStorageLitres = 300 },
    };

    private static readonly Device FullDevice = new()
    {
        Id = new(Id),
        LiveMode = true,
        AccountId = new(Id),
        Controlled = true,
        Properties = AllProperties,
        Consents = new()
        {
            TimeCreated = Time, TimeUpdated = Time, Information = true, Telemetry = false, Control = true,
            GeoLocation = false,
        },
        Timezone = "Europe/London",
        GeoLocation = new(51.5, -0.12),
        VppParticipation = new()
        {
            Id = "vpa_1", ProviderName = "P", ProgrammeName = "Q", CurrentState = "ACTIVE", TelemetryActive = true,
            ControlActive = true,
        },
        Locations = [new(Id)],
        TimeCreated = Time,
        ReferenceId = "r",
        LastSeen = Time,
    };

    private static readonly Location FullLocation = new()
    {
        Id = new(Id),
        LiveMode = false,
        AccountId = new(Id),
        ReferenceId = "r",
        CustomerId = new(Id),
        Timezone = "UTC",
        CurrencyCode = "EUR",
        PostalAddress = new()
        {
            AddressLine1 = "1", AddressLine2 = "2", City = "C", State = "S", PostCode = "P", CountryCode = "US",
        },
        GeoLocation = new(-90, 180),
        TimeCreated = Time,
    };

    private static readonly AccountKey FullKey = new()
    {
        Id = new(Id), LiveMode = true, Name = "n", Scope = KeyScope.Submit, SecretKey = "sk_live_1", LastUsed = Time,
        TimeCreated = Time,
    };

    private static readonly AuditEntry Entry = new()
    {
        Id = new(Id), LiveMode = true, KeyId = new KeyId(Id), Time = Time, ObjectId = "dev_1",
        Action = "device.created",
    };

    private static readonly Customer FullCustomer = new()
    {
        Id = new(Id), LiveMode = true, AccountId = new(Id), ReferenceId = "r", TimeCreated = Time,
    };

    private static readonly ConsentChange Change = new()
    {
        Id = new(Id), LiveMode = true, DeviceId = new(Id), KeyId = new(Id), Time = Time,
        From = new(true, false, true, false), To = new(false, true, false, true),
    };

    private static readonly DeviceState FullState = new()
    {
        Id = new(Id), AccountId = new(Id), DeviceId = new(Id), LocationId = new(Id), Time = Time,
        StateOfChargePercent = 34.2,
        TargetStateOfChargePercent = 80, BatteryPowerKw = -3.4, EnergyRemainingKwh = 8.3, BackupReservePercent = 0,
        RecordReferenceId = "MET1234567890", TimeCreated = Time,
    };

    private static readonly FailedRequest FullRequest = new()
    {
        Id = new(Id), LiveMode = true, KeyId = new(Id), Method = "PUT", Path = "/devices/dev_1/state",
        Route = "/devices/{id}/state", Status = 404, Code = "device_not_found", RequestId = "q", TimeCreated = Time,
    };

    private static readonly DeviceStateSubmission Submission = new()
    {
        LocationId = new(Id), Time = Time, StateOfChargePercent = 0.1, TargetStateOfChargePercent = 100,
        BatteryPowerKw = 1e-300,
        EnergyRemainingKwh = 0, BackupReservePercent = 20, RecordReferenceId = "\u00e4\ud83d\ude00",
    };

    private static readonly ErrorObject Error = new()
    {
        LiveMode = true, Context = "api.device_get", Type = "invalid_request", Code = "time_invalid", Message = "m",
        Errors = [new("$.time", "time_invalid", "m")], RequestId = "q", TimeCreated = Time,
    };

    private static readonly object[] Values =
    [
        new AccessToken { BearerToken = "t", ExpiresIn = 3600, LiveMode = true },
        new Health(),
        new Deletion(),
        new Account
        {
            Id = new(Id), Name = "n", TimeCreated = Time, LiveMode = true, Scope = KeyScope.Read, KeyId = new(Id),
        },
        FullRequest, FullRequest with { Route = null }, PageOf(FullRequest),
        new FleetSummary
        {
            LiveMode = true, AccountId = new(Id), Devices = 7, FreshSeconds = 900, ChargingPowerKw = 0.1,
            DischargingPowerKw = -3.4, TimeCreated = Time,
            Kinds = new() { Battery = 1, Pv = 2, Inverter = 3, EvCharger = 4, HeatPump = 5, Unknown = 6 },
            Activity = new() { Fresh = 1, Silent = 2, NeverSeen = 3 },
            StateOfCharge = [new(0, 10, 2), new(10, 20, 0)],
            Quietest =
            [
                new() { DeviceId = new(Id), ReferenceId = "r", LastSeen = Time },
                new() { DeviceId = new(Id), LastSeen = Time },
            ],
        },
        FullKey, FullKey with { Name = null, SecretKey = null, LastUsed = null },
        new AccountKeyDraft { Scope = KeyScope.Manage, Name = "n" }, new AccountKeyDraft { Scope = KeyScope.Submit },
        PageOf(FullKey), Entry, Entry with { KeyId = null }, PageOf(Entry),
        FullCustomer, FullCustomer with { ReferenceId = null }, PageOf(FullCustomer),
        new CustomerDraft { ReferenceId = "r" }, new CustomerDraft(),
        FullLocation, PageOf(FullLocation),
        FullLocation with
        {
            ReferenceId = null, CustomerId = null, CurrencyCode = null, GeoLocation = null,
            PostalAddress = new() { City = "C", CountryCode = "GB" },
        },
        new LocationChange
        {
            ReferenceId = "r", CustomerId = new(Id), Timezone = "UTC", CurrencyCode = "EUR",
            PostalAddress = FullLocation.PostalAddress, GeoLocation = new(1, 2),
        },
        new DeviceStateBatchDraft
        {
            Data =
            [
                new()
                {
                    DeviceId = new(Id), LocationId = new(Id), Time = Time, StateOfChargePercent = 1,
                    TargetStateOfChargePercent = 2,
                },
            ],
        },
        new StreamGap { Time = Time },
        new LocationDraft
        {
            Timezone = "UTC", PostalAddress = FullLocation.PostalAddress, CustomerId = new CustomerId(Id),
        },
        FullDevice, PageOf(FullDevice),
        FullDevice with
        {
            Properties = new(), GeoLocation = null, VppParticipation = null, Locations = [], ReferenceId = null,
            LastSeen = null,
        },
        new DeviceDraft(),
        new DeviceDraft
        {
            ReferenceId = "r", Controlled = false, Properties = AllProperties, Consents = new() { Telemetry = false },
            Timezone = "UTC", GeoLocation = new(1, 2), Locations = [new(Id)],
        },
        Change, PageOf(Change), PageOf(Change with { From = null }),
        new DeviceImportLine { Line = 1, Id = new(Id) },
        new DeviceImportLine
        {
            Line = 2, Error = new() { Code = "c", Message = "m", Errors = [new("$.locations", "c", "m")] },
        },
        new DeviceImportSummary { Status = "completed", LinesRead = 3, DevicesCreated = 1, LinesFailed = 2 },
        new DeviceImportSummary
        {
            Status = "failed", LinesRead = 3, DevicesCreated = 1, LinesFailed = 2, Error = Error,
        },
        FullState, Submission, PageOf(FullState),
        new AggregateList<DeviceStateAggregate>
        {
            Url = "/u", Timezone = "UTC", Interval = "PT30M",
            Data =
            [
                new()
                {
                    StartTime = Time, EndTime = Time, Count = 2, StateOfChargePercent = new(2, 1, 3, 1, 3),
                    BatteryPowerKw = new(0, -1, 1), EnergyChargedKwh = 0.5, EnergyDischargedKwh = 0,
                },
                new()
                {
                    StartTime = Time, EndTime = Time, Count = 0, StateOfChargePercent = null, BatteryPowerKw = null,
                    EnergyChargedKwh = null, EnergyDischargedKwh = null,
                },
            ],
        },
        new AggregateList<FleetStateAggregate>
        {
            Url = "/u", Timezone = "UTC", Interval = "P1D",
            Data =
            [
                new()
                {
                    StartTime = Time, EndTime = Time, Count = 20_000_000_000, Devices = 1000,
                    StateOfChargePercent = 40.5, BatteryPowerKw = -3, EnergyChargedKwh = 0, EnergyDischargedKwh = 72,
                },
                new()
                {
                    StartTime = Time, EndTime = Time, Count = 0, Devices = 0, StateOfChargePercent = null,
                    BatteryPowerKw = null, EnergyChargedKwh = null, EnergyDischargedKwh = null,
                },
            ],
        },
        new DeviceStateBatch
        {
            Id = new(Id), RecordsSubmitted = 2, RecordsAccepted = 1, RecordsReplayed = 0, TimeCreated = Time,
            FailedRecords = [new() { RecordNum = 1, Code = "c", Message = "m" }],
        },
        new DeviceStateImportProgress
        {
            Status = "failed", RecordsRead = 3, RecordsDurable = 2, RecordsAccepted = 1, RecordsReplayed = 1,
            RecordsFailed = 1, Error = Error,
            FailedRecords =
            [
                new() { RecordNum = 2, RecordReferenceId = "r", DeviceId = "d", Code = "c", Message = "m" },
            ],
        },
        FullState with
        {
            BatteryPowerKw = null, EnergyRemainingKwh = null, BackupReservePercent = null, RecordReferenceId = null,
        },
        Submission with
        {
            BatteryPowerKw = null, EnergyRemainingKwh = null, BackupReservePercent = null, RecordReferenceId = null,
        },
        new DeviceStateReceipt { Id = new(Id), DeviceId = new(Id), TimeCreated = Time, AccountId = new(Id) },
        Error, Error with { Errors = null },
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Values.Length)];

    [Theory, MemberData(nameof(Numbers))]
    public void A_wire_type_is_read_as_it_was_written(int number)
    {
        var value = Values[number];
        var type = ContractsJsonContext.Default.GetTypeInfo(value.GetType())!; // every one is known: the test below
        var json = JsonSerializer.Serialize(value, type);

        var read = JsonSerializer.Deserialize(json, type);

        Assert.Equivalent(value, read, strict: true);
        Assert.Equal(json, JsonSerializer.Serialize(read, type));
    }

    [Fact]
    public void Every_type_of_the_context_is_tried()
    {
        var known = typeof(ContractsJsonContext).GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
            // The attribute has no other constructor.
            .Select(attribute => (Type)attribute.ConstructorArguments[0].Value!)
            .ToHashSet();

        Assert.NotEmpty(known);
        Assert.All(known, type => Assert.Contains(Values, value => value.GetType() == type));
    }

    [Fact]
    public void Names_are_snake_case_what_has_no_value_is_left_out_and_marked_members_are_null()
    {
        var bare = FullDevice with { ReferenceId = null, LastSeen = null, GeoLocation = null, VppParticipation = null };

        var json = JsonSerializer.SerializeToNode(bare, ContractsJsonContext.Default.Device)!.AsObject();

        Assert.False(json.ContainsKey("reference_id"));
        Assert.All(["last_seen", "geo_location", "vpp_participation"], name =>
        {
            Assert.True(json.ContainsKey(name));
            Assert.Null(json[name]);
        });
        Assert.Equal("2022-02-01T10:30:00.123456Z", json["time_created"]!.GetValue<string>());
        Assert.Equal("dev_61f90b980102030405060708", json["id"]!.GetValue<string>());
        var key = JsonSerializer.SerializeToNode(FullKey, ContractsJsonContext.Default.AccountKey)!;
        Assert.Equal("submit", key["scope"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("\"2022-02-01 10:30:00Z\"")]
    [InlineData("\"2022-02-01T10:30:00\"")]
    [InlineData("1643711400")]
    public void A_wrong_instant_is_no_value(string time) =>
        Assert.ThrowsAny<Exception>(() => JsonSerializer.Deserialize(
        $$"""
        {"id":"cus_61f90b980102030405060708","live_mode":true,"account_id":"acc_61f90b980102030405060708",
        "time_created":{{time}} }
        """,
        ContractsJsonContext.Default.Customer));

    [Theory]
    [InlineData("\"dev_61f90b980102030405060708\"")]
    [InlineData("\"cus_61F90B980102030405060708\"")]
    [InlineData("\"cus_1\"")]
    [InlineData("1")]
    public void A_wrong_id_is_no_value(string id) => Assert.ThrowsAny<Exception>(() => JsonSerializer.Deserialize(
        $$"""
        {"id":{{id}},"live_mode":true,"account_id":"acc_61f90b980102030405060708",
        "time_created":"2022-02-01T10:30:00Z"}
        """,
        ContractsJsonContext.Default.Customer));

    private static ListPage<T> PageOf<T>(T one) => new() { Url = "/things", HasMore = true, Data = [one] };
}
