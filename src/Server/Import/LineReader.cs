using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Rondo.Server.Import;

/// <summary>Cuts a stream into lines without making text of them; empty lines are left out but counted.</summary>
internal static class LineReader
{
    /// <summary>Longest line that is read; a longer one cannot be an event.</summary>
    public const int MaximumLineBytes = 8 << 20;

    /// <summary>The lines with their numbers. A line that is too long comes as an empty one.</summary>
    public static async IAsyncEnumerable<(long Number, ReadOnlyMemory<byte> Line)> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 1 << 16, leaveOpen: true));
        var number = 0L;
        var isSkipping = false;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                number++;
                var line = buffer.Slice(0, end).ToArray();
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                if (isSkipping)
                {
                    isSkipping = false;
                }
                else if (!line.AsSpan().Trim(" \t\r"u8).IsEmpty)
                {
                    yield return (number, line);
                }
            }

            if (buffer.Length > MaximumLineBytes)
            {
                if (!isSkipping)
                {
                    yield return (number + 1, default);
                }

                isSkipping = true;
                buffer = buffer.Slice(buffer.End);
            }

            if (result.IsCompleted)
            {
                var last = buffer.ToArray();
                if (!isSkipping && !last.AsSpan().Trim(" \t\r"u8).IsEmpty)
                {
                    yield return (number + 1, last);
                }

                await reader.CompleteAsync();
                yield break;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
