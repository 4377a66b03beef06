namespace Rondo.Model.Queries;

/// <summary>Why a question was refused: the field, by its path in the JSON, and the rule it breaks.</summary>
public sealed record Problem(string Field, string Rule);
