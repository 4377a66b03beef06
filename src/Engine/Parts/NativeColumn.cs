using System.Runtime.InteropServices;

namespace Rondo.Engine.Parts;

/// <summary>
/// Values in memory that never moves and does not weigh on the collector: 64-byte aligned, zero unless said otherwise.
/// Freed when nobody holds it any more.
/// </summary>
internal sealed unsafe class NativeColumn<T>
    where T : unmanaged
{
    private const int Alignment = 64;
    private readonly long _byteCount;

    public NativeColumn(int length, bool isZeroed = true)
    {
        Length = length;
        _byteCount = (long)length * sizeof(T);
        Start = (T*)NativeMemory.AlignedAlloc((nuint)Math.Max(_byteCount, Alignment), Alignment);
        if (isZeroed)
        {
            NativeMemory.Clear(Start, (nuint)_byteCount);
        }

        GC.AddMemoryPressure(Math.Max(_byteCount, 1));
    }

    ~NativeColumn()
    {
        NativeMemory.AlignedFree(Start);
        GC.RemoveMemoryPressure(Math.Max(_byteCount, 1));
    }

    public T* Start { get; }

    /// <summary>Number of values.</summary>
    public int Length { get; private set; }

    public Span<T> Values => new(Start, Length);

    /// <summary>Forgets the values beyond a length; the memory stays.</summary>
    public void Truncate(int length) => Length = length;
}
