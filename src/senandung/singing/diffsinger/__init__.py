"""DiffSinger voicebanks, in the ONNX form that OpenUtau loads, on ONNX Runtime."""
