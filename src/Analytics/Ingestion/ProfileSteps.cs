using Rondo.Analytics.Contracts;
using Rondo.Analytics.Projects;
using Rondo.Model.Events;
using Rondo.Model.Profiles;

namespace Rondo.Analytics.Ingestion;

/// <summary>The steps that every profile update passes, in order.</summary>
internal sealed class ProfileSteps
{
    private readonly ProjectDirectory _projects;
    private readonly IngestionLimits _limits;
    private readonly Step[] _steps;

    public ProfileSteps(ProjectDirectory projects, IngestionLimits limits)
    {
        _projects = projects;
        _limits = limits;
        _steps = [Authenticate, RefuseUnreadable, RequireDistinctId, RefuseMeaninglessId, RefuseInvalidTime, RequireOperator, CheckOperands, CheckSize];
    }

    private delegate Fault? Step(SubmittedProfileUpdate update, Project? requestProject, ref Project? project);

    /// <summary>Runs the steps; null when the update may be stored, and then the project is known.</summary>
    public Fault? Judge(SubmittedProfileUpdate update, Project? requestProject, out Project? project)
    {
        project = null;
        foreach (var step in _steps)
        {
            if (step(update, requestProject, ref project) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private Fault? Authenticate(SubmittedProfileUpdate update, Project? requestProject, ref Project? project)
    {
        if (requestProject is not null)
        {
            project = requestProject;
            return null;
        }

        if (update.Token is not { Length: > 0 } token)
        {
            return update.Fault ?? new Fault(DropReason.Malformed, "$token", "'$token' is invalid: must not be missing");
        }

        project = _projects.FindByToken(token);
        return project is null ? new Fault(DropReason.UnknownToken, "$token", "'$token' is invalid: names no project") : null;
    }

    private static Fault? RefuseUnreadable(SubmittedProfileUpdate update, Project? requestProject, ref Project? project) => update.Fault;

    private static Fault? RequireDistinctId(SubmittedProfileUpdate update, Project? requestProject, ref Project? project) =>
        string.IsNullOrEmpty(update.DistinctId) ? new Fault(DropReason.MissingDistinctId, "$distinct_id", "'$distinct_id' is invalid: must not be missing") : null;

    private static Fault? RefuseMeaninglessId(SubmittedProfileUpdate update, Project? requestProject, ref Project? project) =>
        MeaninglessIds.Contains(update.DistinctId!)
            ? new Fault(DropReason.MeaninglessId, "$distinct_id", $"'$distinct_id' is invalid: '{update.DistinctId}' is not an id")
            : null;

    private static Fault? RefuseInvalidTime(SubmittedProfileUpdate update, Project? requestProject, ref Project? project) =>
        update.IsTimeInvalid ? new Fault(DropReason.InvalidTime, "$time", "'$time' is invalid: must be specified as seconds since epoch") : null;

    private static Fault? RequireOperator(SubmittedProfileUpdate update, Project? requestProject, ref Project? project) =>
        update.Operations.Count == 0
            ? new Fault(DropReason.UnknownOperator, string.Empty, "the update has none of $set, $set_once, $add, $append, $union, $remove, $unset, $delete")
            : null;

    private static Fault? CheckOperands(SubmittedProfileUpdate update, Project? requestProject, ref Project? project)
    {
        foreach (var operation in update.Operations)
        {
            foreach (var (name, value) in operation.Properties)
            {
                var rule = operation.Operator switch
                {
                    ProfileOperator.Add when value.Kind != PropertyKind.Number => "must be a number",
                    ProfileOperator.Union when value.Kind != PropertyKind.List => "must be a list",
                    _ => null,
                };
                if (rule is not null)
                {
                    var field = $"{WireNames.Of(operation.Operator)}.{name}";
                    return new Fault(DropReason.InvalidOperand, field, $"'{field}' is invalid: {rule}");
                }
            }
        }

        return null;
    }

    private Fault? CheckSize(SubmittedProfileUpdate update, Project? requestProject, ref Project? project)
    {
        if (update.SizeBytes >= _limits.MaximumRecordBytes)
        {
            return new Fault(DropReason.TooLarge, string.Empty, $"the update is invalid: must be smaller than {_limits.MaximumRecordBytes} bytes");
        }

        foreach (var operation in update.Operations)
        {
            if (operation.Properties.Count > _limits.MaximumProfileProperties)
            {
                var field = WireNames.Of(operation.Operator);
                return new Fault(DropReason.TooLarge, field, $"'{field}' is invalid: must have at most {_limits.MaximumProfileProperties} properties");
            }

            if (operation.Properties.FirstOrDefault(property => property.Name.Length > _limits.MaximumTextLength) is { Name: { } longName })
            {
                return new Fault(DropReason.TooLarge, WireNames.Of(operation.Operator), $"the name '{longName[..40]}…' is invalid: must be at most {_limits.MaximumTextLength} characters");
            }
        }

        return null;
    }

    private static class WireNames
    {
        public static string Of(ProfileOperator profileOperator) => profileOperator switch
        {
            ProfileOperator.Set => "$set",
            ProfileOperator.SetOnce => "$set_once",
            ProfileOperator.Add => "$add",
            ProfileOperator.Append => "$append",
            ProfileOperator.Union => "$union",
            ProfileOperator.Remove => "$remove",
            ProfileOperator.Unset => "$unset",
            _ => "$delete",
        };
    }
}
