//! Reading takes no more memory than the file's size warrants, whatever the file claims.

use betwixt_model::Model;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Bytes that any refusal may take beside the file's own: messages, the parser's tree.
const ALLOWANCE: usize = 64 << 10;

/// A container whose JSON is given, with as many data bytes.
fn container(json: &str, data: usize) -> Vec<u8> {
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend(json.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

/// A header that promises `points` points and layers of `width`, with no tensor behind it.
fn promising(width: u64, points: u64) -> Vec<u8> {
    let header = format!(
        r#"{{"format":1,"name":"n","authors":[],"licence":"MIT","description":"",
        "frame":{{"geometry":{{"fft_len":8192,"hop":2048,"sample_rate_hz":44100}},"scale":"linear","level":"frame_max"}},
        "latents":[{{"name":"a","low":0,"high":1,"default":0}}],
        "whitening":{{"mean":[0],"basis":[[1]]}},
        "conditioning":{{"note":{{"chroma":{{"lowest":60}}}},"time":null}},
        "decoder":{{"inputs":13,"layers":[{{"outputs":{width},"activation":"relu"}},{{"outputs":4097,"activation":"relu"}}]}},
        "encoder":null,"embedding":{{"points":{points},"labels":["x"]}},"pca":null,"measures":{{}}}}"#
    );
    let header = serde_json::to_string(&header).unwrap_or_default();
    container(&format!(r#"{{"__metadata__":{{"betwixt":{header}}}}}"#), 0)
}

/// Claims of gigabytes cost kilobytes. (One test: the measure belongs to the whole process.)
#[test]
fn claims_cost_nothing() {
    let shapes = r#"{"a":{"dtype":"F32","shape":[4294967295,1073741824],"data_offsets":[0,4]}}"#;
    let claims = [
        ("wide layers", promising(16_384, 0)),
        ("a billion points", promising(16, 1_000_000_000)),
        ("more points than there are", promising(16, u64::MAX)),
        ("a huge shape", container(shapes, 4)),
        (
            "a huge header",
            [&(1u64 << 60).to_le_bytes()[..], &[b'{'; 64]].concat(),
        ),
        ("brackets without end", container(&"[".repeat(200_000), 0)),
    ];
    for (claim, bytes) in claims {
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        let refused = Model::from_bytes("claim", &bytes).is_err();
        let taken = ALLOCATOR.peak_usage().saturating_sub(before);
        assert!(refused, "{claim}");
        assert!(
            taken < 4 * bytes.len() + ALLOWANCE,
            "{claim}: {taken} for {}",
            bytes.len()
        );
    }
}
