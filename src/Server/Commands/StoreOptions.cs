using System.CommandLine;
using System.Globalization;
using Rondo.Engine;

namespace Rondo.Server.Commands;

/// <summary>
/// What an operator may want to set of the store. How many parts are joined at once and how many batches share a commit follow
/// from how the store works, and have no option.
/// </summary>
internal sealed class StoreOptions
{
    private static readonly EngineOptions Defaults = new();

    private readonly Option<int> _sealAfter = Number("--seal-after", "ROWS", "Events that recent memory may hold before they are written into a part", Defaults.SealAfterRows, 1, int.MaxValue);
    private readonly Option<TimeSpan> _sealWithin = Time("--seal-within", "Longest time that events stay in recent memory", Defaults.SealAfter, TimeSpan.FromSeconds(1));
    private readonly Option<int> _queryThreads = Number("--query-threads", "N", "Threads that answer one question; the processors of the machine when left out", Defaults.QueryThreads, 1, 256);
    private readonly Option<TimeSpan> _keepLog = Time("--keep-log", "How long what was taken can be read again from the log: a stream that is behind for longer loses events", Defaults.LogRetention, TimeSpan.Zero);
    private readonly Option<TimeSpan> _waitForRoom = Time("--wait-for-room", "How long senders wait while parts cannot be written, as on a full disk, before they are refused with 503", Defaults.LongestWaitForRoom, TimeSpan.Zero);

    public void AddTo(Command command)
    {
        command.Options.Add(_sealAfter);
        command.Options.Add(_sealWithin);
        command.Options.Add(_queryThreads);
        command.Options.Add(_keepLog);
        command.Options.Add(_waitForRoom);
    }

    public EngineOptions Read(ParseResult parsed) => new()
    {
        SealAfterRows = parsed.GetRequiredValue(_sealAfter),
        SealAfter = parsed.GetRequiredValue(_sealWithin),
        QueryThreads = parsed.GetRequiredValue(_queryThreads),
        LogRetention = parsed.GetRequiredValue(_keepLog),
        LongestWaitForRoom = parsed.GetRequiredValue(_waitForRoom),
    };

    private static Option<int> Number(string name, string helpName, string description, int absent, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => absent };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.Tokens.Count == 0)
            {
                return;
            }

            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError(most == int.MaxValue ? $"{name} must be {least} or more." : $"{name} must be {least} to {most}.");
            }
        });
        return option;
    }

    private static Option<TimeSpan> Time(string name, string description, TimeSpan absent, TimeSpan least) => new(name)
    {
        Description = $"{description} (such as 500ms, 10s, 5m, 48h or 7d; default {Written(absent)})",
        HelpName = "TIME",
        DefaultValueFactory = _ => absent,
        CustomParser = result =>
        {
            if (result.Tokens is [{ Value: var text }] && Read(text) is { } time && time >= least)
            {
                return time;
            }

            result.AddError($"{name} must be a number with ms, s, m, h or d, {Written(least)} or more, such as 10s.");
            return absent;
        },
    };

    /// <summary>A time as written on the command line; null when it is none.</summary>
    private static TimeSpan? Read(string text)
    {
        var unit = text.TrimStart("0123456789.".ToCharArray());
        double? seconds = unit switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => null };
        return seconds is { } factor
            && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * factor < TimeSpan.MaxValue.TotalSeconds / 2
                ? TimeSpan.FromSeconds(number * factor)
                : null;
    }

    private static string Written(TimeSpan time)
    {
        var (number, unit) = time switch
        {
            { TotalHours: >= 1 } => (time.TotalHours, "h"),
            { TotalMinutes: >= 1 } => (time.TotalMinutes, "m"),
            _ => (time.TotalSeconds, "s"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
    }
}
