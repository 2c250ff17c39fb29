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
        thread::spawn(move || knock(address));
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

/// The runner's server may leave a connection in its queue where a browser opens several at once, and the page would wait for
/// it for ever; with each further connection it looks at the queue again.
fn knock(address: SocketAddr) {
    loop {
        drop(TcpStream::connect(address));
        thread::sleep(INTERVAL);
    }
}
