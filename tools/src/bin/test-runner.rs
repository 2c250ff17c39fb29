//! wasm-bindgen's headless test runner, of exactly the version in `Cargo.lock`.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

const ADDRESS: &str = "WASM_BINDGEN_TEST_ADDRESS";
const INTERVAL: Duration = Duration::from_millis(100);

fn main() {
    if let Some(address) = free_address() {
        // SAFETY: no other thread runs yet.
        unsafe { std::env::set_var(ADDRESS, address.to_string()) };
        thread::spawn(move || keep_connecting(address));
    }
    if let Err(error) = wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os()) {
        eprintln!("error: {error:?}");
        std::process::exit(1);
    }
}

/// Where the runner may serve the tests, unless it has been told.
fn free_address() -> Option<SocketAddr> {
    let told = std::env::var_os(ADDRESS).is_some();
    if told { None } else { TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).ok() }
}

/// Opens a connection to the runner's server again and again, so that none of the browser's is left unanswered.
///
/// What was seen: a test page waits for ever for one of its modules, whose connection was accepted and never read.
/// The server is tiny_http 0.12.0, by rouille 3.6.2. Its `TaskPool::spawn` (src/util/task_pool.rs) queues a
/// connection where `waiting_tasks` is not 0, and starts a thread where it is. A waiting thread leaves that count
/// only when it has woken and holds the lock, so all connections accepted before then are counted on it, and it takes
/// one of them: a task lasts as long as its connection, which a browser keeps alive. The others stay in the queue
/// until a connection ends, or until a further one is accepted while no thread waits: the thread that is started for
/// that one takes from the queue next.
///
/// To see it without wasm-bindgen: open 5 connections to a `tiny_http::Server` at once, one more than the 4 threads
/// it begins with, send a request on each and close none. In 180 of 200 such rounds one request had no answer after
/// 1.5 s (2 cores, Linux); with 4 connections in none.
fn keep_connecting(address: SocketAddr) {
    loop {
        drop(TcpStream::connect(address));
        thread::sleep(INTERVAL);
    }
}
