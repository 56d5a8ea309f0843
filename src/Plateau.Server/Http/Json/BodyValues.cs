namespace Plateau.Server.Http;

/// <summary>The values of one object's members, by field.</summary>
internal sealed class BodyValues(int count)
{
    private static readonly object Faulty = new();
    private static readonly object Null = new();

    private readonly object?[] _values = new object?[count];

    /// <summary>False when the member was seen before.</summary>
    public bool TryMarkSeen(BodyField field)
    {
        if (_values[field.Index] is not null)
        {
            return false;
        }
        _values[field.Index] = Faulty;
        return true;
    }

    /// <summary>Keeps a value; nothing, of a faulty member, leaves it seen.</summary>
    public void Set(BodyField field, object? value) => _values[field.Index] = value ?? Faulty;

    /// <summary>The member was sent as null, which means absent.</summary>
    public void MarkNull(BodyField field) => _values[field.Index] = Null;

    /// <summary>Whether the member was not sent, or sent as null.</summary>
    public bool IsAbsent(BodyField field) =>
        _values[field.Index] is null || ReferenceEquals(_values[field.Index], Null);

    /// <summary>The value of a number, a flag, an instant or an id; null when absent.</summary>
    public T? Value<T>(BodyField<T> field) where T : struct => _values[field.Index] is T value ? value : null;

    /// <summary>A text or an object; null when absent.</summary>
    public T? Object<T>(BodyField<T> field) where T : class => _values[field.Index] as T;

    /// <summary>The value of a required member.</summary>
    public T RequiredValue<T>(BodyField<T> field) where T : struct => (T)_values[field.Index]!;

    /// <summary>A required text or object.</summary>
    public T RequiredObject<T>(BodyField<T> field) where T : class => (T)_values[field.Index]!;
}
