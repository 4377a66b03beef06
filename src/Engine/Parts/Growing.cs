namespace Rondo.Engine.Parts;

/// <summary>
/// Values that are only ever added. A reader that took <see cref="Values"/> together with a count sees those values for
/// good, whatever is added later. One writer.
/// </summary>
internal sealed class Growing<T>
    where T : unmanaged
{
    private T[] _values = new T[16];

    public int Count { get; private set; }

    /// <summary>Longer than <see cref="Count"/>; what lies beyond means nothing.</summary>
    public T[] Values => _values;

    public void Add(T value)
    {
        if (Count == _values.Length)
        {
            Array.Resize(ref _values, Count * 2);
        }

        _values[Count++] = value;
    }
}
