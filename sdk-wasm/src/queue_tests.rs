use proptest::prelude::*;

use super::*;

const BUSY: Reply = Reply::Status(503, None);
const OK: Reply = Reply::Status(200, None);

fn queue() -> UploadQueue {
    UploadQueue::new(UploadPolicy {
        items_max: 3,
        bytes_max: 100,
        age_max_ms: 1e7,
        ..UploadPolicy::default()
    })
}

/// The next task that is no work on storage.
fn next(queue: &mut UploadQueue, now_ms: f64) -> Task {
    loop {
        match queue.next(now_ms) {
            Task::Store(_) | Task::Forget(_) => {}
            task => return task,
        }
    }
}

fn push(queue: &mut UploadQueue, id: u32, bytes: usize, now_ms: f64) -> Vec<u32> {
    queue.push(id, bytes, now_ms, None);
    gone(queue)
}

fn gone(queue: &mut UploadQueue) -> Vec<u32> {
    let mut gone: Vec<u32> = core::iter::from_fn(|| queue.gone()).collect();
    gone.reverse();
    gone
}

#[test]
fn one_at_a_time_oldest_first() {
    let mut queue = queue();
    push(&mut queue, 1, 10, 0.0);
    push(&mut queue, 2, 10, 0.0);
    assert_eq!(next(&mut queue, 0.0), Task::Send(1));
    assert_eq!(next(&mut queue, 0.0), Task::Idle);
    assert_eq!(queue.answered(OK, 1.0, 0.0), Verdict::Done);
    assert_eq!(next(&mut queue, 1.0), Task::Send(2));
    assert_eq!(queue.answered(OK, 1.0, 0.0), Verdict::Done);
    assert_eq!(next(&mut queue, 1.0), Task::Idle);
    assert!(queue.is_empty());
}

#[test]
fn pauses_double_with_jitter_until_parked() {
    let mut queue = queue();
    push(&mut queue, 7, 10, 0.0);
    let mut now_ms = 0.0;
    for (chance, expected_ms) in [(1.0, 500.0), (0.0, 500.0), (0.5, 1500.0)] {
        assert_eq!(next(&mut queue, now_ms), Task::Send(7));
        assert_eq!(
            queue.answered(BUSY, now_ms, chance),
            Verdict::Retry(expected_ms)
        );
        assert_eq!(next(&mut queue, now_ms), Task::Wait(expected_ms));
        now_ms += expected_ms;
    }
    assert_eq!(next(&mut queue, now_ms), Task::Send(7));
    assert_eq!(queue.answered(BUSY, now_ms, 0.5), Verdict::Parked);
    assert_eq!(next(&mut queue, now_ms + 1e6), Task::Idle);
    queue.wake(now_ms);
    assert_eq!(next(&mut queue, now_ms), Task::Send(7));
    assert_eq!(queue.answered(OK, now_ms, 0.5), Verdict::Done);
}

#[test]
fn retry_after_is_honoured_and_a_long_one_parks() {
    let mut queue = queue();
    push(&mut queue, 1, 10, 0.0);
    next(&mut queue, 0.0);
    let asked = Reply::Status(429, Some(5_000.0));
    assert_eq!(queue.answered(asked, 0.0, 0.0), Verdict::Retry(5_000.0));
    next(&mut queue, 5_000.0);
    let long = Reply::Status(503, Some(3_600_000.0));
    assert_eq!(queue.answered(long, 5_000.0, 0.0), Verdict::Parked);
    queue.wake(6_000.0);
    assert_eq!(next(&mut queue, 6_000.0), Task::Idle);
    queue.wake(3_605_000.0);
    assert_eq!(next(&mut queue, 3_605_000.0), Task::Send(1));
}

#[test]
fn refusals_leave_the_queue_and_failures_do_not() {
    for (status, leaves) in [
        (200, true),
        (204, true),
        (302, true),
        (400, true),
        (401, true),
        (408, false),
        (409, true),
        (410, true),
        (413, true),
        (422, true),
        (425, false),
        (429, false),
        (500, false),
        (502, false),
        (503, false),
    ] {
        let mut queue = queue();
        push(&mut queue, 1, 10, 0.0);
        next(&mut queue, 0.0);
        queue.answered(Reply::Status(status, None), 0.0, 0.0);
        assert_eq!(queue.is_empty(), leaves, "status {status}");
    }
}

#[test]
fn a_full_queue_drops_the_oldest_but_neither_the_newest_nor_the_one_under_way() {
    let mut queue = queue();
    for sequence in 1..=3 {
        assert_eq!(push(&mut queue, sequence, 10, 0.0), []);
    }
    assert_eq!(next(&mut queue, 0.0), Task::Send(1));
    assert_eq!(push(&mut queue, 4, 10, 0.0), [2]);
    assert_eq!(push(&mut queue, 5, 500, 0.0), [3, 4]);
    assert_eq!(queue.len(), 2);
}

#[test]
fn pushing_again_revives_a_parked_snapshot_without_a_second_copy() {
    let mut queue = queue();
    push(&mut queue, 1, 10, 0.0);
    queue.park(1);
    assert_eq!(next(&mut queue, 0.0), Task::Idle);
    push(&mut queue, 1, 10, 0.0);
    assert_eq!((queue.len(), next(&mut queue, 0.0)), (1, Task::Send(1)));
}

#[test]
fn a_snapshot_is_stored_before_it_is_sent_and_forgotten_once_it_is_taken() {
    let mut queue = queue();
    push(&mut queue, 1, 10, 0.0);
    assert_eq!(queue.next(0.0), Task::Store(1));
    assert_eq!(queue.next(0.0), Task::Send(1));
    // What comes meanwhile is stored at once, though nothing else can be sent.
    push(&mut queue, 2, 10, 0.0);
    assert_eq!(queue.next(0.0), Task::Store(2));
    assert_eq!(queue.next(0.0), Task::Idle);
    queue.answered(BUSY, 0.0, 0.5);
    assert_eq!(queue.next(0.0), Task::Send(2));
    queue.answered(OK, 0.0, 0.5);
    assert_eq!(queue.next(0.0), Task::Forget(2));
    assert_eq!(queue.next(400.0), Task::Send(1));
    queue.answered(Reply::Status(400, None), 400.0, 0.5);
    assert_eq!(queue.next(400.0), Task::Forget(1));
    assert_eq!(queue.next(400.0), Task::Idle);
}

#[test]
fn what_comes_out_of_storage_keeps_its_age_and_is_not_stored_again() {
    let mut queue = queue();
    queue.push(1, 10, 0.0, Some(9e6));
    queue.push(2, 10, 0.0, None);
    queue.push(3, 10, 0.0, Some(2e7));
    assert_eq!(queue.next(0.0), Task::Forget(3));
    assert_eq!(gone(&mut queue), [3]);
    assert_eq!(queue.next(0.0), Task::Store(2));
    assert_eq!(queue.next(0.0), Task::Send(1));
    // The one under way is not taken away, however old; it is once it fails.
    assert_eq!(queue.next(2e6), Task::Idle);
    queue.answered(BUSY, 2e6, 0.5);
    assert_eq!(queue.next(2e6), Task::Forget(1));
    assert_eq!(gone(&mut queue), [1]);
    assert_eq!(queue.next(2e6), Task::Send(2));
}

#[test]
fn a_clock_that_was_set_back_keeps_nobody_waiting() {
    let mut queue = queue();
    push(&mut queue, 1, 10, 1e9);
    assert_eq!(next(&mut queue, 5.0), Task::Send(1));
    queue.answered(BUSY, 5.0, 1.0);
    assert_eq!(next(&mut queue, f64::NAN), Task::Send(1));
    queue.answered(BUSY, f64::NAN, 1.0);
    assert_eq!(next(&mut queue, 7.0), Task::Send(1));
}

#[test]
fn what_is_pushed_out_is_forgotten() {
    let mut queue = queue();
    for id in 1..=4 {
        queue.push(id, 10, 0.0, Some(0.0));
    }
    assert_eq!(gone(&mut queue), [1]);
    assert_eq!(queue.next(0.0), Task::Forget(1));
}

#[test]
fn on_hide_whatever_waits_is_tried_once_more_until_the_network_ends() {
    let mut queue = queue();
    for id in 1..=2 {
        push(&mut queue, id, 10, 0.0);
    }
    assert_eq!(next(&mut queue, 0.0), Task::Send(1));
    queue.answered(Reply::Status(503, Some(20_000.0)), 0.0, 1.0);
    assert_eq!(next(&mut queue, 0.0), Task::Send(2));
    queue.answered(BUSY, 0.0, 1.0);
    assert_eq!(next(&mut queue, 0.0), Task::Wait(500.0));
    queue.hide(100.0, 4_500.0);
    assert_eq!(next(&mut queue, 100.0), Task::Send(2));
    // Cut off by the host: neither an attempt nor a reason to go on before it is seen again.
    assert_eq!(
        queue.answered(Reply::Nothing, 4_700.0, 1.0),
        Verdict::Parked
    );
    assert_eq!(next(&mut queue, 4_700.0), Task::Idle);
    assert_eq!(next(&mut queue, 30_000.0), Task::Idle);
    queue.wake(30_000.0);
    assert_eq!(next(&mut queue, 30_000.0), Task::Send(1));
    queue.answered(OK, 30_000.0, 1.0);
    for _ in 0..3 {
        assert_eq!(next(&mut queue, 60_000.0), Task::Send(2));
        assert!(matches!(
            queue.answered(BUSY, 30_000.0, 1.0),
            Verdict::Retry(_)
        ));
    }
}

#[derive(Debug, Clone)]
enum Step {
    Hide,
    Push(u32, usize),
    Next(f64),
    Answer(u16),
    Nothing,
    Wake,
    Park(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..12_u32, 0..80_usize).prop_map(|(sequence, bytes)| Step::Push(sequence, bytes)),
        (0.0..60_000.0).prop_map(Step::Next),
        (100..600_u16).prop_map(Step::Answer),
        Just(Step::Nothing),
        Just(Step::Wake),
        Just(Step::Hide),
        (0..12_u32).prop_map(Step::Park),
    ]
}

proptest! {
    /// Whatever happens: bounds hold, one request at a time, and attempts are bounded.
    #[test]
    fn any_history_keeps_the_bounds(steps in proptest::collection::vec(step(), 0..200)) {
        let mut queue = queue();
        let (mut now_ms, mut sending, mut in_a_row) = (0.0, None, 0);
        for step in steps {
            match step {
                Step::Push(sequence, bytes) => { push(&mut queue, sequence, bytes, now_ms); in_a_row = 0; }
                Step::Hide => { queue.hide(now_ms, 4_500.0); in_a_row = 0; }
                Step::Wake => { queue.wake(now_ms); in_a_row = 0; }
                Step::Park(sequence) => queue.park(sequence),
                Step::Next(pass_ms) => {
                    now_ms += pass_ms;
                    match next(&mut queue, now_ms) {
                        Task::Send(sequence) => {
                            prop_assert_eq!(sending, None);
                            sending = Some(sequence);
                            in_a_row += 1;
                            prop_assert!(in_a_row <= 4 * 3);
                        }
                        Task::Wait(ms) => prop_assert!(ms > 0.0 && ms <= 30_000.0),
                        task => prop_assert_eq!(task, Task::Idle),
                    }
                }
                Step::Answer(_) | Step::Nothing => if sending.take().is_some() {
                    let reply = if let Step::Answer(status) = step {
                        Reply::Status(status, None)
                    } else {
                        Reply::Nothing
                    };
                    queue.answered(reply, now_ms, 0.5);
                },
            }
            prop_assert!(queue.len() <= 3);
            let newest_may_be_alone = queue.len() <= 2;
            prop_assert!(queue.bytes() <= 100 || newest_may_be_alone);
        }
    }
}
