using Rondo.Engine.Parts;
using Rondo.Model.Time;

namespace Rondo.Engine.Planning;

/// <summary>Where the beginnings and ends of sessions are found.</summary>
internal interface ISessionEdges
{
    /// <summary>The runs of every name, each with the rows of the first (last) event of a session; those runs know the session's length and number of events too.</summary>
    /// <param name="sessions">What a session is; null means as the project says.</param>
    /// <param name="isStart">Whether beginnings are meant.</param>
    IReadOnlyList<(Run Run, RowMask Mask)> EdgesOf(SessionDefinition? sessions, bool isStart);
}
