using System.Globalization;
using System.Text.Json;

namespace Plateau.Server.Import;

/// <summary>
/// Lines of JSON, each an object: an item of a batch, or a state as it is read back. Its members are those of the API;
/// others are ignored. Pure.
/// </summary>
/// <param name="mappings">What the user says of members; it goes before what their names say.</param>
internal sealed class JsonStates(IReadOnlyList<ColumnMapping> mappings) : IStateLines
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly ColumnMapping[] _texts =
        [.. All(mappings).Where(one => StateMembers.FindQuantity(one.Member) is null)];

    private readonly (StateQuantity Quantity, ColumnMapping[] Terms)[] _quantities =
    [
        .. StateMembers.Quantities.Select(
            quantity => (quantity, All(mappings).Where(one => one.Member == quantity.Name).ToArray())),
    ];

    public string? Header => null;

    public char? Separator => null;

    public StateRow Read(string line)
    {
        var row = new StateRow();
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root)
            {
                row.Refuse(new ImportFault("json_invalid", "The line is not an object."));
            }
            else if (root.TryGetProperty("object", out var kind) && !kind.ValueEquals("device_state"))
            {
                row.Refuse(new ImportFault("object_other", "The object is not a device_state.", $"{kind}"));
            }
            else
            {
                ReadMembers(row, root);
            }
        }
        // A text with half a surrogate pair is found out only when it is read.
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            row.Refuse(new ImportFault("json_invalid", $"The line is not JSON in UTF-8: {fault.Message}"));
        }
        return row;
    }

    private static IEnumerable<ColumnMapping> All(IReadOnlyList<ColumnMapping> mappings) =>
    [
        .. mappings,
        .. StateMembers.Names.Except(mappings.Select(one => one.Member))
            .Select(name => new ColumnMapping(name, name, 1)),
    ];

    private void ReadMembers(StateRow row, JsonElement root)
    {
        foreach (var (name, member, _) in _texts)
        {
            if (Find(root, name) is not { } value)
            {
                continue;
            }
            if (value.ValueKind == JsonValueKind.String)
            {
                row.SetText(member, value.GetString());
            }
            else if (member == StateMembers.Time && value.ValueKind == JsonValueKind.Number)
            {
                row.Time = value.GetRawText();
            }
            else
            {
                row.Refuse(ImportFault.Invalid(member, "a text", value.GetRawText()));
            }
        }
        foreach (var (quantity, terms) in _quantities)
        {
            row[quantity] = ReadSum(row, root, quantity, terms);
        }
    }

    // Members of one quantity are added; where one is missing, so is the sum. A text is no number: JSON has its own.
    private static double? ReadSum(StateRow row, JsonElement root, StateQuantity quantity, ColumnMapping[] terms)
    {
        string? sum = null;
        var isMissing = false;
        foreach (var (name, _, factor) in terms)
        {
            if (Find(root, name) is not { } value)
            {
                isMissing = true;
            }
            else if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
                && double.IsFinite(number))
            {
                var text = value.GetRawText();
                row.Said += $" {quantity.Place} {DecimalArithmetic.Canonical(text)}";
                sum = DecimalArithmetic.AddProduct(sum, text, factor);
            }
            else
            {
                row.Refuse(ImportFault.Invalid(quantity.Name, "a number", value.GetRawText()));
                return null;
            }
        }
        return isMissing || sum is null ? null : double.Parse(sum, CultureInfo.InvariantCulture);
    }

    private static JsonElement? Find(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
