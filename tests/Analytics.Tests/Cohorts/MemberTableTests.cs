using CsCheck;
using NodaTime;
using Rondo.Analytics.Cohorts;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Model.Stores;
using Shouldly;
using Xunit;

namespace Rondo.Analytics.Tests.Cohorts;

public sealed class MemberTableTests
{
    private static readonly Gen<(int[] Entered, int[] Left)[]> Changes = Gen.Select(Gen.Int[1, 3000].Array[0, 40], Gen.Int[1, 3000].Array[0, 40]).Array[0, 12];

    [Fact]
    public void It_holds_who_entered_and_when_like_a_dictionary()
    {
        Changes.Sample(changes =>
        {
            var table = new MemberTable(PersonSet.Empty, [], default, default);
            var naive = new SortedDictionary<int, uint>();
            for (var round = 0; round < changes.Length; round++)
            {
                var at = Instant.FromUnixTimeSeconds(round + 1);
                var (entered, left) = (changes[round].Entered.Distinct().Order().ToArray(), changes[round].Left.Except(changes[round].Entered).Distinct().Order().ToArray());
                table.Apply(new MembershipVersion(round + 1), at, [.. entered.Select(person => new PersonNumber(person))], [.. left.Select(person => new PersonNumber(person))]);
                Array.ForEach(left, person => naive.Remove(person));
                Array.ForEach(entered, person => naive.TryAdd(person, (uint)round + 1));
            }

            var (membership, seconds) = table.Export();
            membership.Members.Select(person => person.Value).ShouldBe(naive.Keys);
            seconds.ShouldBe(naive.Values);
            table.Count.ShouldBe(naive.Count);
            var again = new MemberTable(membership.Members, SinceBlob.Read(SinceBlob.Write(seconds), naive.Count, 0), membership.Version, membership.ComputedAt);
            again.Export().Seconds.ShouldBe(seconds);
            foreach (var (person, second) in naive)
            {
                again.SinceOf(new PersonNumber(person)).ShouldBe(Instant.FromUnixTimeSeconds(second));
            }
        });
    }

    [Fact]
    public void A_list_of_persons_comes_back_as_it_was_written()
    {
        Gen.Int[0, int.MaxValue].Array[0, 50].Sample(numbers =>
        {
            var persons = numbers.Distinct().Order().Select(number => new PersonNumber(number)).ToArray();
            PersonListBlob.Read(PersonListBlob.Write([.. persons])).ShouldBe(persons);
        });
    }

    /// <summary>Stored bytes live for years: these may be added to, never changed.</summary>
    [Fact]
    public void Stored_bytes_stay_readable()
    {
        Convert.ToHexString(PersonListBlob.Write([new PersonNumber(1), new PersonNumber(130), new PersonNumber(131)])).ShouldBe("0101810101");
        Convert.ToHexString(SinceBlob.Write([5, 5, 300])).ShouldBe("01020501AC02");
        Should.Throw<InvalidDataException>(() => PersonListBlob.Read([2, 1]));
        Should.Throw<InvalidDataException>(() => PersonListBlob.Read([1, 0x81]));
        Should.Throw<InvalidDataException>(() => SinceBlob.Read([1, 3, 5], 2, 0));
        Should.Throw<InvalidDataException>(() => SinceBlob.Read([1, 1, 5], 2, 0));
    }
}
