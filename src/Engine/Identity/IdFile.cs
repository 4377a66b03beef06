using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Rondo.Engine.Disk;
using Rondo.Engine.Parts;
using Rondo.Model.Stores;

namespace Rondo.Engine.Identity;

/// <summary>
/// The first so many ids of a store with their merges, in one immutable file that is mapped and asked in place: opening costs
/// the same for a thousand ids as for ten million, and they take no memory of the process.
/// </summary>
/// <remarks>
/// Little-endian: magic, version, numbers of ids, of merges, of slots and of text bytes, checksum of all that follows; then
/// the ends of the texts (8 bytes each), which ids have events (64 a word), merges (device, user), slots, texts. A slot holds a
/// number or 0; an id's slot is its XxHash3 modulo the number of slots, or the next free one.
/// </remarks>
internal sealed unsafe class IdFile : IDisposable
{
    private const ulong Magic = 0x3153444F444E4F52;
    private const long FormatVersion = 1;
    private const int HeaderWords = 7;

    private readonly MappedFile _file;
    private readonly long* _ends;
    private readonly ulong* _hasEvents;
    private readonly Merge* _merges;
    private readonly int* _slots;
    private readonly byte* _texts;
    private readonly int _slotCount;

    private IdFile(MappedFile file)
    {
        _file = file;
        var header = (long*)file.Start;
        if (file.Length < HeaderWords * sizeof(long) || (ulong)header[0] != Magic || header[1] != FormatVersion)
        {
            throw Damaged(file.Path, "its beginning is not that of a file of ids");
        }

        Count = (int)header[2];
        MergeCount = (int)header[3];
        _slotCount = (int)header[4];
        var at = (byte*)(header + HeaderWords);
        _ends = (long*)at;
        _hasEvents = (ulong*)(_ends + Count);
        _merges = (Merge*)(_hasEvents + WordsOf(Count));
        _slots = (int*)(_merges + MergeCount);
        _texts = (byte*)(_slots + _slotCount);
        if (_texts + header[5] != file.Start + file.Length || XxHash3.HashToUInt64(file.Memory.Span[(HeaderWords * sizeof(long))..]) != (ulong)header[6])
        {
            throw Damaged(file.Path, "it is not as it was written");
        }
    }

    /// <summary>How many ids it holds; their numbers are those below.</summary>
    public int Count { get; }

    public int MergeCount { get; }

    public ReadOnlySpan<Merge> Merges => new(_merges, MergeCount);

    public ReadOnlySpan<ulong> HasEvents => new(_hasEvents, WordsOf(Count));

    public static string PathOf(string directory, long count) => Path.Combine(directory, $"ids-{count:d10}.bin");

    /// <exception cref="StoreDamagedException">The file is missing, or not as it was written.</exception>
    public static IdFile Open(IDisk disk, string path)
    {
        var file = disk.Map(path) ?? throw Damaged(path, "it is missing");
        try
        {
            return new IdFile(file);
        }
        catch
        {
            ((IDisposable)file).Dispose();
            throw;
        }
    }

    /// <summary>Writes a file and makes sure that it is on disk.</summary>
    /// <param name="disk">Where to.</param>
    /// <param name="path">A new file; one of that name, which nobody knows of, is written over.</param>
    /// <param name="count">How many ids; the first is nobody's.</param>
    /// <param name="textOf">The UTF-8 of an id.</param>
    /// <param name="hasEvents">64 ids a word.</param>
    /// <param name="merges">In the order they happened.</param>
    public static void Write(IDisk disk, string path, int count, Func<int, ReadOnlyMemory<byte>> textOf, ReadOnlySpan<ulong> hasEvents, ReadOnlySpan<Merge> merges)
    {
        var ends = new long[count];
        var slots = new int[SlotsFor(count)];
        long end = 0;
        for (var number = 0; number < count; number++)
        {
            var text = textOf(number).Span;
            ends[number] = end += text.Length;
            if (text.Length > 0)
            {
                var slot = (int)(XxHash3.HashToUInt64(text) % (uint)slots.Length);
                while (slots[slot] != 0)
                {
                    slot = slot + 1 == slots.Length ? 0 : slot + 1;
                }

                slots[slot] = number;
            }
        }

        var hash = new XxHash3();
        hash.Append(MemoryMarshal.AsBytes<long>(ends));
        hash.Append(MemoryMarshal.AsBytes(hasEvents[..WordsOf(count)]));
        hash.Append(MemoryMarshal.AsBytes(merges));
        hash.Append(MemoryMarshal.AsBytes<int>(slots));
        for (var number = 0; number < count; number++)
        {
            hash.Append(textOf(number).Span);
        }

        disk.DeleteFile(path);
        using var file = disk.Create(path);
        file.Write(MemoryMarshal.AsBytes<long>([unchecked((long)Magic), FormatVersion, count, merges.Length, slots.Length, end, unchecked((long)hash.GetCurrentHashAsUInt64())]));
        file.Write(MemoryMarshal.AsBytes<long>(ends));
        file.Write(MemoryMarshal.AsBytes(hasEvents[..WordsOf(count)]));
        file.Write(MemoryMarshal.AsBytes(merges));
        file.Write(MemoryMarshal.AsBytes<int>(slots));
        for (var number = 0; number < count; number++)
        {
            file.Write(textOf(number).Span);
        }

        file.FlushToDisk();
    }

    /// <summary>The number of an id; 0 when it is not here.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        for (var slot = (int)(XxHash3.HashToUInt64(text) % (uint)_slotCount); _slots[slot] != 0; slot = slot + 1 == _slotCount ? 0 : slot + 1)
        {
            if (Bytes(_slots[slot]).SequenceEqual(text))
            {
                return _slots[slot];
            }
        }

        return 0;
    }

    public string TextOf(int number) => Encoding.UTF8.GetString(Bytes(number));

    /// <summary>The UTF-8 of an id, as it lies in the file.</summary>
    public ReadOnlyMemory<byte> Utf8Of(int number)
    {
        var start = number == 0 ? 0 : _ends[number - 1];
        return _file.Memory.Slice((int)(_texts - _file.Start) + (int)start, (int)(_ends[number] - start));
    }

    public void Dispose() => ((IDisposable)_file).Dispose();

    private ReadOnlySpan<byte> Bytes(int number)
    {
        var start = number == 0 ? 0 : _ends[number - 1];
        return new ReadOnlySpan<byte>(_texts + start, (int)(_ends[number] - start));
    }

    /// <summary>Two slots for three ids would do; more keep the searches short.</summary>
    private static int SlotsFor(int count) => checked((int)Math.Max(16, count * 7L / 4));

    private static int WordsOf(int count) => (count + 63) / 64;

    private static StoreDamagedException Damaged(string path, string what) =>
        new($"{path} is damaged: {what}. Restore it from a backup; 'rondo doctor' lists what is damaged.");
}
