using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>How every wire type is written and read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    Converters = [typeof(InstantConverter), typeof(KeyScopeConverter)])]
[JsonSerializable(typeof(AccessToken))]
[JsonSerializable(typeof(Deletion))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(AccountKey))]
[JsonSerializable(typeof(AccountKeyDraft))]
[JsonSerializable(typeof(ListPage<AccountKey>))]
[JsonSerializable(typeof(ListPage<AuditEntry>))]
[JsonSerializable(typeof(FailedRequest))]
[JsonSerializable(typeof(ListPage<FailedRequest>))]
[JsonSerializable(typeof(Customer))]
[JsonSerializable(typeof(CustomerDraft))]
[JsonSerializable(typeof(ListPage<Customer>))]
[JsonSerializable(typeof(Location))]
[JsonSerializable(typeof(LocationDraft))]
[JsonSerializable(typeof(LocationChange))]
[JsonSerializable(typeof(ListPage<Location>))]
[JsonSerializable(typeof(Device))]
[JsonSerializable(typeof(DeviceDraft))]
[JsonSerializable(typeof(ListPage<Device>))]
[JsonSerializable(typeof(FleetSummary))]
[JsonSerializable(typeof(ConsentChange))]
[JsonSerializable(typeof(DeviceImportLine))]
[JsonSerializable(typeof(DeviceImportSummary))]
[JsonSerializable(typeof(ListPage<ConsentChange>))]
[JsonSerializable(typeof(DeviceState))]
[JsonSerializable(typeof(ListPage<DeviceState>))]
[JsonSerializable(typeof(AggregateList<DeviceStateAggregate>))]
[JsonSerializable(typeof(AggregateList<FleetStateAggregate>))]
[JsonSerializable(typeof(DeviceStateSubmission))]
[JsonSerializable(typeof(DeviceStateBatch))]
[JsonSerializable(typeof(DeviceStateBatchDraft))]
[JsonSerializable(typeof(StreamGap))]
[JsonSerializable(typeof(DeviceStateImportProgress))]
[JsonSerializable(typeof(DeviceStateReceipt))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(ErrorObject))]
public sealed partial class ContractsJsonContext : JsonSerializerContext;
