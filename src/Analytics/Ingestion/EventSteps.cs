using System.Buffers;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Lexicon;
using Rondo.Analytics.Projects;
using Rondo.Model.Events;

namespace Rondo.Analytics.Ingestion;

/// <summary>The steps that every event passes, in order; a step that answers with a fault ends the event's way.</summary>
internal sealed class EventSteps
{
    private const int MaximumInsertIdLength = 36;
    private static readonly SearchValues<char> InsertIdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly Instant FirstTime = Instant.FromUtc(1971, 1, 1, 0, 0);

    private readonly ProjectDirectory _projects;
    private readonly DefinitionDirectory _definitions;
    private readonly Step[] _steps;

    public EventSteps(ProjectDirectory projects, DefinitionDirectory definitions)
    {
        (_projects, _definitions) = (projects, definitions);
        _steps = [Authenticate, RefuseUnreadable, DropIgnored, RequireName, DropBlocked, RequireIds, RefuseMeaninglessIds, CheckInsertId, SettleTime, CheckSize, ResolveIdentity, CutTexts, MarkImported];
    }

    private delegate Fault? Step(Candidate candidate);

    /// <summary>Runs the steps; null when the event may be stored.</summary>
    public Fault? Judge(Candidate candidate)
    {
        foreach (var step in _steps)
        {
            if (step(candidate) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>The event as it is stored; to be asked after the steps found no fault.</summary>
    public static TrackedEvent ToTracked(Candidate candidate) => new()
    {
        Name = candidate.Event.Name!,
        DistinctId = candidate.Event.DistinctId!,
        Time = candidate.Time,
        InsertId = candidate.Event.InsertId,
        DeviceId = candidate.Event.DeviceId,
        UserId = candidate.Event.UserId,
        Properties = candidate.Event.Properties,
    };

    // First of all, so that every later drop can be counted for its project.
    private Fault? Authenticate(Candidate candidate)
    {
        if (candidate.RequestProject is { } known)
        {
            candidate.Project = known;
            return null;
        }

        if (candidate.Event.Token is not { Length: > 0 } token)
        {
            return candidate.Event.Fault ?? new Fault(DropReason.Malformed, "properties.token", "'properties.token' is invalid: must not be missing");
        }

        candidate.Project = _projects.FindByToken(token);
        return candidate.Project is null ? new Fault(DropReason.UnknownToken, "properties.token", "'properties.token' is invalid: names no project") : null;
    }

    private static Fault? RefuseUnreadable(Candidate candidate) => candidate.Event.Fault;

    private static Fault? DropIgnored(Candidate candidate) =>
        candidate.Event.IsIgnored ? new Fault(DropReason.Ignored, "properties.$ignore", "'properties.$ignore' is set") : null;

    private static Fault? RequireName(Candidate candidate) =>
        string.IsNullOrWhiteSpace(candidate.Event.Name) ? new Fault(DropReason.MissingName, "event", "'event' must not be missing or blank") : null;

    /// <summary>What the lexicon has dropped: the event, or properties of it.</summary>
    private Fault? DropBlocked(Candidate candidate)
    {
        var blocked = _definitions.BlockedOf(candidate.Project!.Id);
        if (blocked.Events.Contains(candidate.Event.Name!))
        {
            return new Fault(DropReason.DroppedByLexicon, "event", $"'event' is invalid: the project takes no '{candidate.Event.Name}' any more");
        }

        if (blocked.EventProperties.Count > 0)
        {
            candidate.Event.Properties.RemoveAll(property => blocked.EventProperties.Contains(property.Name));
        }

        return null;
    }

    private static Fault? RequireIds(Candidate candidate)
    {
        var submitted = candidate.Event;
        submitted.UserId = NullIfEmpty(submitted.UserId);
        submitted.DeviceId = NullIfEmpty(submitted.DeviceId);
        return candidate.Rules.IsStrict && submitted.DistinctId is null && submitted.UserId is null && submitted.DeviceId is null
            ? new Fault(DropReason.MissingDistinctId, "properties.distinct_id", "'properties.distinct_id' is invalid: must not be missing")
            : null;
    }

    private static Fault? RefuseMeaninglessIds(Candidate candidate) =>
        MeaninglessId(candidate.Event.UserId, "properties.$user_id")
        ?? MeaninglessId(candidate.Event.DeviceId, "properties.$device_id")
        ?? (candidate.Event is { UserId: null, DeviceId: null } ? MeaninglessId(candidate.Event.DistinctId, "properties.distinct_id") : null);

    private static Fault? CheckInsertId(Candidate candidate)
    {
        var insertId = NullIfEmpty(candidate.Event.InsertId);
        candidate.Event.InsertId = insertId;
        if (!candidate.Rules.IsStrict)
        {
            // A client SDK cannot mend its id. Without one the event is kept and never taken for a duplicate.
            candidate.Event.InsertId = insertId is null || MeaninglessIds.Contains(insertId) ? null : CutText(insertId, candidate.Limits.MaximumTextLength);
            return null;
        }

        return insertId switch
        {
            null => InvalidInsertId("must not be missing"),
            { Length: > MaximumInsertIdLength } => InvalidInsertId($"must be at most {MaximumInsertIdLength} bytes"),
            _ when insertId.AsSpan().ContainsAnyExcept(InsertIdCharacters) => InvalidInsertId("must contain only letters, digits and '-'"),
            _ when MeaninglessIds.Contains(insertId) => InvalidInsertId($"'{insertId}' is not an id"),
            _ => null,
        };
    }

    private static Fault? SettleTime(Candidate candidate)
    {
        if (candidate.Event.IsTimeInvalid)
        {
            return InvalidTime("must be specified as seconds since epoch");
        }

        if (candidate.Event.Time is not { } time)
        {
            candidate.Time = candidate.Now;
            return candidate.Rules.IsStrict ? InvalidTime("must not be missing") : null;
        }

        if (candidate.Rules.IsRecentOnly && time < candidate.Now - Duration.FromTimeSpan(candidate.Limits.MaximumTrackAge))
        {
            return new Fault(DropReason.TooOld, "properties.time", $"'properties.time' is invalid: must be within the last {candidate.Limits.MaximumTrackAge.TotalDays:0.##} days");
        }

        if (time < FirstTime)
        {
            return InvalidTime("must not be before 1971-01-01");
        }

        if (candidate.Rules.IsStrict && time > candidate.Now + Duration.FromTimeSpan(candidate.Limits.MaximumAhead))
        {
            return new Fault(DropReason.InFuture, "properties.time", $"'properties.time' is invalid: must not be more than {candidate.Limits.MaximumAhead.TotalHours:0.##} hours in the future");
        }

        candidate.Time = candidate.Rules.KeepsTime ? time : Instant.Min(time, candidate.Now);
        return null;
    }

    private static Fault? CheckSize(Candidate candidate) => ShapeLimits.FaultOf(candidate.Event, candidate.Limits);

    // Mixpanel reference, 2.1, steps 1 to 4.
    private static Fault? ResolveIdentity(Candidate candidate)
    {
        var submitted = candidate.Event;
        submitted.DistinctId ??= string.Empty;
        if (submitted.UserId is { } user)
        {
            submitted.DistinctId = user;
        }
        else if (submitted.DeviceId is { } device)
        {
            submitted.DistinctId = DeviceIds.DistinctIdOf(device);
        }
        else if (DeviceIds.IsDevice(submitted.DistinctId))
        {
            submitted.DeviceId = submitted.DistinctId[DeviceIds.Prefix.Length..];
        }
        else
        {
            submitted.UserId = NullIfEmpty(submitted.DistinctId);
        }

        return null;
    }

    private static Fault? CutTexts(Candidate candidate)
    {
        var maximumLength = candidate.Limits.MaximumTextLength;
        candidate.Event.Name = CutText(candidate.Event.Name!, maximumLength);
        var properties = candidate.Event.Properties;
        for (var index = 0; index < properties.Count; index++)
        {
            var property = properties[index];
            if (property.Name.Length > maximumLength || ShapeLimits.HasLongText(property.Value, maximumLength))
            {
                properties[index] = new Property(CutText(property.Name, maximumLength), ShapeLimits.CutTexts(property.Value, maximumLength));
            }
        }

        RepeatedNames.Remove(properties);
        return null;
    }

    private static Fault? MarkImported(Candidate candidate)
    {
        if (candidate.Rules.MarksImported)
        {
            candidate.Event.Properties.RemoveAll(property => property.Name == "$import");
            candidate.Event.Properties.Add(new Property("$import", PropertyValue.Of(true)));
        }

        return null;
    }

    private static Fault? MeaninglessId(string? id, string field) =>
        id is not null && MeaninglessIds.Contains(id) ? new Fault(DropReason.MeaninglessId, field, $"'{field}' is invalid: '{id}' is not an id") : null;

    private static Fault InvalidInsertId(string rule) => new(DropReason.InvalidInsertId, "properties.$insert_id", $"'properties.$insert_id' is invalid: {rule}");

    private static Fault InvalidTime(string rule) => new(DropReason.InvalidTime, "properties.time", $"'properties.time' is invalid: {rule}");

    private static string? NullIfEmpty(string? id) => string.IsNullOrEmpty(id) ? null : id;

    private static string CutText(string text, int maximumLength) => ShapeLimits.CutText(text, maximumLength);
}
