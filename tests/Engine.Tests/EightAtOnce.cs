using CsCheck;
using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Profiles;
using Rondo.Model.Events;

namespace Rondo.Engine.Tests;

/// <summary>What is done for several rows or persons at once gives what it would one by one.</summary>
public sealed unsafe class EightAtOnce
{
    private static readonly Gen<uint[]> Times = Gen.UInt[1_000, 1_400].Array[0, 40].Select(times => times.Order().ToArray());

    [Fact]
    public void The_first_time_not_before_a_bound_is_found_wherever_the_readable_memory_ends() =>
        Gen.Select(Times, Gen.UInt[990, 1_410], Gen.Int[0, 40], Gen.Int[0, 40]).Sample((times, bound, first, length) =>
        {
            var start = Math.Min(first, times.Length);
            var end = Math.Min(start + length, times.Length);
            var expected = Enumerable.Range(start, end - start).FirstOrDefault(index => times[index] >= bound, end);
            fixed (uint* all = times)
            {
                return AscendingTimes.FirstNotBefore(all + start, all + end, bound, all + end) - all == expected
                    && AscendingTimes.FirstNotBefore(all + start, all + end, bound, all + times.Length) - all == expected;
            }
        });

    [Fact]
    public void What_is_found_for_many_persons_is_what_each_has_whatever_their_order_and_wherever_the_readable_memory_ends() =>
        Gen.Select(Gen.UInt[1_000, 1_400].Array[0, 90].Select(times => times.Order().ToArray()).Array[1, 12], Gen.UInt[990, 1_410].Array[12], Gen.UInt[0, 9], Gen.Int[0, 20], Gen.Int[0, 1000]).Sample((persons, given, early, more, seed) =>
        {
            int[] ends = [.. persons.Select((_, place) => persons.Take(place + 1).Sum(times => times.Length))];
            int[] starts = [0, .. ends[..^1]];
            uint[] all = [.. persons.SelectMany(times => times), .. Enumerable.Repeat(1_200u, more + 1)];
            int[] places = [.. Enumerable.Range(0, persons.Length)];
            new Random(seed).Shuffle(places);
            var (at, rest, found) = (new int[12], new int[12], new uint[12]);
            fixed (uint* times = all, bounds = given, foundTimes = found)
            fixed (int* place = places, start = starts, end = ends, index = at, left = rest)
            {
                AscendingTimes.Find(times, times + all.Length, ends[^1], place, places.Length, start, end, bounds, early, 0, index, foundTimes, left);
                for (var one = 0; one < places.Length; one++)
                {
                    var expected = starts[places[one]] + persons[places[one]].Count(time => time < given[one] - early);
                    if (at[one] != expected || (expected < ends[places[one]] && found[one] != all[expected]))
                    {
                        return false;
                    }
                }

                int[] withOne = [.. Enumerable.Range(0, places.Length).Where(one => at[one] > starts[places[one]])];
                int[] placesWithOne = [.. withOne.Select(one => places[one])];
                uint[] givenToThem = [.. withOne.Select(one => given[one]), 0];
                fixed (int* placeWithOne = placesWithOne)
                fixed (uint* boundsWithOne = givenToThem)
                {
                    AscendingTimes.Find(times, times + all.Length, ends[^1], placeWithOne, placesWithOne.Length, start, end, boundsWithOne, early, 1, index, foundTimes, left);
                }

                return withOne.Select((one, order) => found[order] == persons[places[one]].Last(time => time < given[one] - early)).All(isRight => isRight);
            }
        });

    [Fact]
    public void Milliseconds_are_looked_for_in_the_same_way() =>
        Gen.Select(Gen.Long[-50, 50].Array[0, 20].Select(times => times.Order().ToArray()), Gen.Long[-60, 60]).Sample((times, bound) =>
        {
            fixed (long* all = times)
            {
                return AscendingTimes.FirstNotBefore(all, all + times.Length, bound, all + times.Length) - all == times.Count(time => time < bound);
            }
        });

    [Fact]
    public void Buckets_of_returns_are_exact_at_their_edges()
    {
        if (!System.Runtime.Intrinsics.X86.Avx2.IsSupported)
        {
            Assert.Skip("The processor has no AVX2; buckets are then found one by one.");
        }

        var near = Gen.Select(Gen.UInt[0, 40], Gen.UInt[0, 2]);
        Gen.Select(near.Array[0, 40], Gen.Int[0, 3].Select(unit => new[] { 60u, 86_400u, 604_800u, 2_592_000u }[unit]), Gen.Int[1, 32], Gen.UInt[1, 3_000_000_000]).Sample((edges, unit, bucketCount, birth) =>
        {
            // One second before, at, and one after an edge, some before the birth; nothing beyond 2106.
            var times = edges.Select(edge => birth + ((long)edge.Item1 * unit) + edge.Item2 - 1).Concat([Math.Max(0, birth - 5L)]).Where(time => time <= uint.MaxValue).Select(time => (uint)time).Order().ToArray();
            ulong Expected(int length) => times.Take(length).Where(time => time >= birth && (time - birth) / unit < bucketCount).Aggregate(0UL, (bits, time) => bits | (1UL << (int)((time - birth) / unit)));
            fixed (uint* all = times)
            {
                var half = times.Length / 2;
                return ReturnBuckets.Of(all, all + times.Length, birth, 1.0 / unit, bucketCount, all + times.Length) == Expected(times.Length)
                    && ReturnBuckets.Of(all, all + half, birth, 1.0 / unit, bucketCount, all + times.Length) == Expected(half);
            }
        });
    }

    /// <summary>Few distinct values first, then one for everybody, then few again: the column changes its form on the way.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(5_000)]
    public void A_profile_column_reads_as_it_was_written(int distinct)
    {
        var column = new ProfileColumn();
        var expected = new PropertyValue[6_000];
        var random = new Random(distinct);
        for (var write = 0; write < 30_000; write++)
        {
            var person = random.Next(expected.Length);
            var value = random.Next(10) == 0 ? PropertyValue.Null : random.Next(5) == 0 ? PropertyValue.Of(random.Next(distinct)) : PropertyValue.Of($"value {random.Next(distinct)}");
            column.Set(person, value, room: person + 1);
            expected[person] = value;
        }

        var read = column.Read(expected.Length + 10);
        Enumerable.Range(0, expected.Length).ShouldAllBe(person => read[person].Equals(expected[person]) && column[person].Equals(expected[person]));
        read[expected.Length + 9].ShouldBe(PropertyValue.Null);
        var isSet = read.Convert(value => value.IsSet);
        Enumerable.Range(0, isSet.Length).Count(person => isSet[person]).ShouldBe(expected.Count(value => value.IsSet));
        column.Kinds().Order().ShouldBe([PropertyKind.String, PropertyKind.Number], ignoreOrder: true);

        // What was read stays, whatever is written later.
        for (var person = 0; person < expected.Length + 10; person++)
        {
            column.Set(person, PropertyValue.Of("later"), room: person + 1);
        }

        Enumerable.Range(0, expected.Length).ShouldAllBe(person => read[person].Equals(expected[person]));
        column.Read(expected.Length)[0].ShouldBe(PropertyValue.Of("later"));
    }
}
